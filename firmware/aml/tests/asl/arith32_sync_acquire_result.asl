// expect: Integer 0x0
// Acquire gives zero for success in a table of revision 1 as well (ACPI 6.5, 19.6, Acquire).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32S", 1)
{
    Mutex (MTX0, 0)

    Method (MAIN, 0)
    {
        Local0 = Acquire (MTX0, 0xFFFF)
        Release (MTX0)
        Return (Local0)
    }
}
