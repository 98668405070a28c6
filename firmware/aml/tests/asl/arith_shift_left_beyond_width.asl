// expect: Integer 0x0
// A count beyond the width is not taken modulo the width (ACPI 6.5, 19.6, ShiftLeft).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHSHI", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0x55
        Local1 = 65
        Return (Local0 << Local1)
    }
}
