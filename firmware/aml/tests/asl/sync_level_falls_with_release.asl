// expect: String "ok"
// After Release a lower level can be acquired (ACPI 6.5, 19.6, Release).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCLEVE", 1)
{
    Mutex (MTX1, 1)
    Mutex (MTX5, 5)

    Method (MAIN, 0)
    {
        Acquire (MTX5, 0xFFFF)
        Release (MTX5)
        Acquire (MTX1, 0xFFFF)
        Release (MTX1)
        Return ("ok")
    }
}
