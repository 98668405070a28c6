// expect: Integer 0xFFFFFFFF
// In a table of revision 1 an integer becomes eight hexadecimal digits (ACPI 6.5, 19.3.5, Integer to String).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32L", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "0000002A"
        Local1 = 0x2A
        Return (Local0 == Local1)
    }
}
