// expect: Integer 0x0
// A field at the far end of a huge region costs nothing (ACPI 6.5, 19.6, OperationRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITHUG", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x7FFFFFFFFFFFFFFF)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        Offset (0x0FFFFF),
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        Return (FLD0)
    }
}
