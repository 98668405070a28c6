// expect: Error Deadlock
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITWAI", 1)
{
    Event (EVT0)
    Method (MAIN) { Return (Wait (EVT0, 0xFFFF)) }
}
