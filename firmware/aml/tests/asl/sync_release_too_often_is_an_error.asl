// expect: Error NotHeld
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCRELE", 1)
{
    Mutex (MTX0, 0)
    Method (MAIN) {
      Acquire (MTX0, 0xFFFF)
      Release (MTX0)
      Release (MTX0)
      Return (0)
    }
}
