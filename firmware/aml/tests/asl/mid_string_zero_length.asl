// expect: String ""
// Zero characters are an empty string (ACPI 6.5, 19.6, Mid).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MIDSTRIN", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "hello"
        Return (Mid (Local0, 1, 0))
    }
}
