// expect: String "0000000000000007"
// A sum that is stored to a named string is converted to the string's type (ACPI 6.5, 19.3.5, implicit result object
// conversion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTR", 1)
{
    Name (STR, "")

    Method (MAIN, 0)
    {
        Local0 = 3
        Add (Local0, 4, STR)
        Return (STR)
    }
}
