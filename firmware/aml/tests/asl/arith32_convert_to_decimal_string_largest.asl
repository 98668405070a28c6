// expect: String "4294967295"
// ToDecimalString of the largest 32-bit integer (ACPI 6.5, 19.6, ToDecimalString).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32C", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Return (ToDecimalString (Local0))
    }
}
