// expect: Error SyncLevel
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCACQU", 1)
{
    Mutex (MTX1, 1)
    Mutex (MTX2, 2)
    Method (MAIN) {
      Acquire (MTX2, 0xFFFF)
      Acquire (MTX1, 0xFFFF)
      Return (0)
    }
}
