// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCACQU", 1)
{
    Mutex (MTX1, 1)
    Mutex (MTX2, 2)
    Method (MAIN) {
      Acquire (MTX1, 0xFFFF)
      Acquire (MTX2, 0xFFFF)
      Release (MTX2)
      Release (MTX1)
      Return (1)
    }
}
