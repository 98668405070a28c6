// expect: String "ok"
// Two mutexes of the same level may be held at once (ACPI 6.5, 19.6, Mutex: same or higher level).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCSAME", 1)
{
    Mutex (MTXA, 3)
    Mutex (MTXB, 3)

    Method (MAIN, 0)
    {
        Acquire (MTXA, 0xFFFF)
        Acquire (MTXB, 0xFFFF)
        Release (MTXB)
        Release (MTXA)
        Return ("ok")
    }
}
