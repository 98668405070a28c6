// expect: Integer 0x9999999999999999
// Sixteen decimal digits are the most that fit (ACPI 6.5, 19.6, ToBCD).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHTOB", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 9999999999999999
        Return (ToBCD (Local0))
    }
}
