// expect: Error SyncLevel
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCRELE", 1)
{
    Mutex (MTX1, 1)
    Mutex (MTX2, 2)
    Method (MAIN) {
      Acquire (MTX1, 0xFFFF)
      Acquire (MTX2, 0xFFFF)
      Release (MTX1)
      Return (1)
    }
}
