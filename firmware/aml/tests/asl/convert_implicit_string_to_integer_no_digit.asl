// expect: Integer 0x0
// A string that begins with no digit is zero (ACPI 6.5, 19.3.5, String to Integer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "xyz"
        Return (Local0 + 0)
    }
}
