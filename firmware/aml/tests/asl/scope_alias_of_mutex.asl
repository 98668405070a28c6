// expect: Integer 0x0
// Both names of a mutex are one lock (ACPI 6.5, 19.6, Alias).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Mutex (MTX0, 0)
    Alias (MTX0, MTX1)

    Method (MAIN, 0)
    {
        Acquire (MTX0, 0xFFFF)
        Local0 = Acquire (MTX1, 0)
        Release (MTX1)
        Release (MTX0)
        Return (Local0)
    }
}
