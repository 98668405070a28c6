// expect: Integer 0x0
// A method may declare an event and a mutex of its own (ACPI 6.5, 19.6, Event and Mutex).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODCR", 1)
{
    Method (SYNC, 0, Serialized)
    {
        Event (EVT0)
        Mutex (MTX0, 0)
        Signal (EVT0)
        Acquire (MTX0, 0xFFFF)
        Local0 = Wait (EVT0, 0)
        Release (MTX0)
        Return (Local0)
    }

    Method (MAIN, 0)
    {
        SYNC ()
        Return (SYNC ())
    }
}
