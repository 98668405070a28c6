// expect: Integer 0x21
// The index is the byte offset of the field (ACPI 6.5, 19.6, IndexField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDIND", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        IDX, 8,
        DAT, 8
    }
    IndexField (IDX, DAT, ByteAcc, NoLock, Preserve)
    {
        Offset (0x20),
        REG2, 8,
        REG3, 8
    }

    Method (MAIN, 0)
    {
        Local0 = REG2
        Local0 = REG3
        Return (IDX + Local0)
    }
}
