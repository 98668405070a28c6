// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCACQU", 1)
{
    Mutex (MTX0, 0)
    Method (MAIN) {
      Acquire (MTX0, 0xFFFF)
      Local0 = Acquire (MTX0, 0)
      Release (MTX0)
      Release (MTX0)
      Return (Local0)
    }
}
