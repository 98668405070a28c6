// expect: Integer 0x22
// A shorter buffer is filled up with zeros for the transfer (where the specification is silent, this is ACPICA's way).
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
        Local0 = Buffer (3) { 0, 1, 0x55 }
        Local1 = (FLDB = Local0)
        Return (SizeOf (Local1))
    }
}
