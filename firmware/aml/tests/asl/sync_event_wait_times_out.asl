// expect: Integer 0xFFFFFFFFFFFFFFFF
// Wait gives true when its time is over without a signal (ACPI 6.5, 19.6, Wait).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCEVEN", 1)
{
    Event (EVT0)

    Method (MAIN, 0)
    {
        Return (Wait (EVT0, 10))
    }
}
