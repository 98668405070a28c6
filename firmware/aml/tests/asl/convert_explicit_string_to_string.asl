// expect: String "abc"
// ToString takes a buffer; a string becomes one first (ACPI 6.5, 19.3.5.4 and 19.6, ToString).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Method (MAIN)
    {
        Local0 = "abc"
        ToString (Local0, Ones, Local1)
        Return (Local1)
    }
}
