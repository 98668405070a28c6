// expect: Integer 0x20
// The highest bit of a 32-bit integer has number 32 (ACPI 6.5, 19.6, FindSetLeftBit).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32F", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Return (FindSetLeftBit (Local0))
    }
}
