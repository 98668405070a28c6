// expect: Integer 0x0
// Signal and Wait see one event, signalled by a called method (ACPI 6.5, 19.6, Signal).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCEVEN", 1)
{
    Event (EVT0)
    Method (RING, 0)
    {
        Signal (EVT0)
    }

    Method (MAIN, 0)
    {
        RING ()
        Return (Wait (EVT0, 0xFFFE))
    }
}
