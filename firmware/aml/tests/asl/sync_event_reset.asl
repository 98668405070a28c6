// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCEVEN", 1)
{
    Event (EVT0)
    Method (MAIN) {
      Signal (EVT0)
      Reset (EVT0)
      Return (Wait (EVT0, 1))
    }
}
