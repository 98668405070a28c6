// expect: Package [Integer 0x22, Integer 0x20, Integer 0xBF]
// A field of SMBus is read as a buffer of 34 bytes: status, length, data (ACPI 6.5, 5.5.2.4.2). Which data, the
// simulated device decides: it counts from 0xA0, here and in acpiexec.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    OperationRegion (SMBD, SMBus, 0x4200, 0x100)
    Field (SMBD, BufferAcc, NoLock, Preserve)
    {
        AccessAs (BufferAcc, AttribByte),
        Offset (5),
        FLDB, 8,
        AccessAs (BufferAcc, AttribWord),
        FLDW, 8,
        AccessAs (BufferAcc, AttribBlock),
        FLDK, 8,
        AccessAs (BufferAcc, AttribQuick),
        FLDQ, 8,
        AccessAs (BufferAcc, AttribProcessCall),
        FLDP, 8
    }
    Method (MAIN) {
        Local0 = FLDK
        Local1 = Package (3) { }
        Local1 [0] = SizeOf (Local0)
        Local1 [1] = DerefOf (Local0 [1])
        Local1 [2] = DerefOf (Local0 [33])
        Return (Local1)
    }
}
