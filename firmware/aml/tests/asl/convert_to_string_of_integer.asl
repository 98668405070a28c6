// expect: String "AB"
// The source of ToString is converted to a buffer (ACPI 6.5, 19.6, ToString and 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0x4241
        Return (ToString (Local0))
    }
}
