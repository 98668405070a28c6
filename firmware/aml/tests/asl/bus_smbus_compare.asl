// expect: Integer 0x0
// Status and data are picked out of the buffer with fields over it (the example of ACPI 6.5, 5.5.2.4.2).
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
        Local0 = FLDW
        CreateByteField (Local0, 0, STAT)
        CreateWordField (Local0, 2, DATA)
        Return ((STAT != 0) || (DATA != 0xA1A0))
    }
}
