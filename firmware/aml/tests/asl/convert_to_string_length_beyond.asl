// expect: String "acpi"
// A Length beyond the buffer ends with it (ACPI 6.5, 19.6, ToString).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0x61, 0x63, 0x70, 0x69 }
        Return (ToString (Local0, 100))
    }
}
