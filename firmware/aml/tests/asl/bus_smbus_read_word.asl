// expect: Buffer [00 02 A0 A1 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00]
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
    Method (MAIN) { Return (FLDW) }
}
