// expect: String "18446744073709551615"
// ToDecimalString of the largest integer (ACPI 6.5, 19.6, ToDecimalString).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Return (ToDecimalString (Local0))
    }
}
