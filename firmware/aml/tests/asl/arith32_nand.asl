// expect: Integer 0xFFFF0FFF
// The complement has 32 bits in a table of revision 1 (ACPI 6.5, 19.6, NAnd).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32N", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0xFF00
        Local1 = 0xF0F0
        NAnd (Local0, Local1, Local2)
        Return (Local2)
    }
}
