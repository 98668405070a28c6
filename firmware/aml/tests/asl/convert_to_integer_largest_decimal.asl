// expect: Integer 0xFFFFFFFFFFFFFFFF
// The largest 64-bit number in decimal (ACPI 6.5, 19.6, ToInteger).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "18446744073709551615"
        Return (ToInteger (Local0))
    }
}
