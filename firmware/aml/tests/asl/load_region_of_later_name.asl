// expect: Integer 0x42
// The offset of a region may be a name that the table sets before (ACPI 6.5, 19.6, OperationRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOADREGI", 1)
{
    Name (BASE, 0)
    BASE = 0x00100000
    OperationRegion (REG0, SystemMemory, BASE, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x42
        Return (FLD0)
    }
}
