// expect: Integer 0x100
// Digits alone are hexadecimal, too: no decimal in implicit conversions (ACPI 6.5, 19.3.5, String to Integer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "100"
        Return (Local0 * 1)
    }
}
