// expect: Integer 0x5D
// A region in a space of the vendor's own (ACPI 6.5, 20.2.5.2, RegionSpace 0x80 to 0xFF).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDUSE", 1)
{
    OperationRegion (REG0, 0x80, 0x00, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x5D
        Return (FLD0)
    }
}
