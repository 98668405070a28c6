// expect: Integer 0x0
// Increment wraps at 32 bits in a table of revision 1 (ACPI 6.5, 19.6, Increment).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32I", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Local0++
        Return (Local0)
    }
}
