// expect: Buffer [34 12 34 12]
// One field is stored to another (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREFIE", 1)
{
    Name (BUF0, Buffer () { 0x34, 0x12, 0, 0 })
    CreateWordField (BUF0, 0, FLD0)
    CreateWordField (BUF0, 2, FLD1)

    Method (MAIN, 0)
    {
        FLD1 = FLD0
        Return (BUF0)
    }
}
