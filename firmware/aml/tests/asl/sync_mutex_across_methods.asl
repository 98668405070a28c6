// expect: Integer 0x0
// A called method runs as the owner of its caller's mutexes (ACPI 6.5, 19.6, Acquire).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCMUTE", 1)
{
    Mutex (MTX0, 0)
    Method (INNR, 0)
    {
        Local0 = Acquire (MTX0, 0)
        Release (MTX0)
        Return (Local0)
    }

    Method (MAIN, 0)
    {
        Acquire (MTX0, 0xFFFF)
        Local0 = INNR ()
        Release (MTX0)
        Return (Local0)
    }
}
