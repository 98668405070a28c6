// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCEVEN", 1)
{
    Event (EVT0)
    Method (MAIN) {
      Signal (EVT0)
      Return (Wait (EVT0, 0xFFFF))
    }
}
