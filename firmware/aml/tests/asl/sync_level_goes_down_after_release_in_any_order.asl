// expect: Integer 0x0
// After the last of them the level is what it was before the first (ACPI 6.5, 19.6, Acquire).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Mutex (AAA, 1)
    Mutex (BBB, 1)
    Mutex (LOW, 0)
    Method (MAIN)
    {
        Acquire (AAA, 0xFFFF)
        Acquire (BBB, 0xFFFF)
        Release (AAA)
        Release (BBB)
        Return (Acquire (LOW, 0))
    }
}
