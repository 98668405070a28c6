// expect: String "42"
// The result has the type that the name has (ACPI 6.5, 19.3.5.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (STR, "longer than before")
    Method (MAIN)
    {
        Local0 = 42
        ToDecimalString (Local0, STR)
        Return (STR)
    }
}
