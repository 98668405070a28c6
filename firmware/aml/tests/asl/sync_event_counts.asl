// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCEVEN", 1)
{
    Event (EVT0)
    Method (MAIN) {
      Signal (EVT0)
      Signal (EVT0)
      Local0 = Wait (EVT0, 0)
      Local1 = Wait (EVT0, 0)
      Local2 = Wait (EVT0, 0)
      Return ((Local0 << 8) + (Local1 << 4) + (Local2 & 1))
    }
}
