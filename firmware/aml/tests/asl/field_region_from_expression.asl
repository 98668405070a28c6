// expect: Integer 0x44
// Offset and length of a region are expressions (ACPI 6.5, 20.2.5.2, DefOpRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDREG", 1)
{
    Name (BASE, 0x00100000)
    OperationRegion (REG0, SystemMemory, BASE + 0x100, 0x08 + 0x08)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x44
        Return (FLD0)
    }
}
