// expect: Integer 0xFFFFFFFF
// In a table of revision 1 an integer becomes a buffer of four bytes (ACPI 6.5, 19.3.5, Integer to Buffer).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32L", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0x2A, 0, 0, 0 }
        Local1 = 0x2A
        Return (Local0 == Local1)
    }
}
