// expect: Integer 0x1
// Mutexes of the same level have no order among each other (ACPI 6.5, 19.6, Release).
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
        Return (1)
    }
}
