// expect: Integer 0xFFFFFFFFFFFFFFFF
// Reset of an event without signals changes nothing (ACPI 6.5, 19.6, Reset).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCRESE", 1)
{
    Event (EVT0)

    Method (MAIN, 0)
    {
        Reset (EVT0)
        Signal (EVT0)
        Reset (EVT0)
        Return (Wait (EVT0, 1))
    }
}
