// expect: Integer 0xFFFFFFFFFFFFFFFF
// The region is as long as the table's header says (ACPI 6.5, 19.6, DataTableRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOADDATA", 1)
{
    DataTableRegion (REG0, "DSDT", "", "")
    Field (REG0, AnyAcc, NoLock, Preserve)
    {
        SIG0, 32,
        LEN0, 32,
        REV0, 8
    }

    Method (MAIN, 0)
    {
        Return ((LEN0 > 36) && (REV0 == 2))
    }
}
