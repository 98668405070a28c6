// expect: String "abab"
// The target may be one of the operands (ACPI 6.5, 19.6, Concatenate).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATTA", 1)
{
    Name (STR, "ab")

    Method (MAIN, 0)
    {
        Concatenate (STR, STR, STR)
        Return (STR)
    }
}
