// expect: Integer 0x6
// FindSetLeftBit takes a string (ACPI 6.5, 19.3.5, implicit source operand conversion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "2A"
        Return (FindSetLeftBit (Local0))
    }
}
