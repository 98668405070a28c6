// expect: Buffer [00 07]
// A store through an alias reaches the field (ACPI 6.5, 19.6, Alias).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Name (BUF, Buffer () { 0, 0 })
    CreateByteField (BUF, 1, FLD0)
    Alias (FLD0, FLD1)

    Method (MAIN, 0)
    {
        FLD1 = 7
        Return (BUF)
    }
}
