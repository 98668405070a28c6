// expect: String ""
// ToString of an empty buffer is an empty string (ACPI 6.5, 19.6, ToString).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer (0) {}
        Return (ToString (Local0))
    }
}
