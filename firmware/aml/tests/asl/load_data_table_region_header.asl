// expect: Integer 0x44414F4C
// A DataTableRegion shows the bytes of a table: here its own OEM table id (ACPI 6.5, 19.6, DataTableRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOADDATA", 1)
{
    DataTableRegion (REG0, "DSDT", "", "")
    Field (REG0, DWordAcc, NoLock, Preserve)
    {
        Offset (0x10),
        OEMT, 32
    }

    Method (MAIN, 0)
    {
        Return (OEMT | 0)
    }
}
