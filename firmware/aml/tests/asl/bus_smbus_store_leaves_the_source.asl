// expect: Buffer [00 02 55 66 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00]
// What came back is the value of Store; the buffer that was stored stays as it is (ACPI 6.5, 5.5.2.4.2).
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
        Local0 = Buffer (34) { 0, 2, 0x55, 0x66 }
        FLDP = Local0
        Return (Local0)
    }
}
