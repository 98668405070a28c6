// expect: String "00001234"
// ToHexString of a 32-bit integer gives eight digits (ACPI 6.5, 19.6, ToHexString).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32C", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0x1234
        Return (ToHexString (Local0))
    }
}
