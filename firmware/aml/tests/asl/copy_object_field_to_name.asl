// expect: Buffer [34 12]
// CopyObject of a field copies its value: the name becomes an integer, and the next store converts to that (ACPI 6.5,
// 19.6, CopyObject).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (BUF0, Buffer () { 0x34, 0x12 })
    CreateWordField (BUF0, 0, FLD0)
    Name (STR0, "text")

    Method (MAIN, 0)
    {
        CopyObject (FLD0, STR0)
        Local0 = Buffer (2) {}
        CreateWordField (Local0, 0, FLD1)
        FLD1 = STR0
        Return (Local0)
    }
}
