// expect: Integer 0x0
// With 32-bit integers a shift by 32 leaves nothing (ACPI 6.5, 19.6, ShiftRight).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32S", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Local1 = 32
        Return (Local0 >> Local1)
    }
}
