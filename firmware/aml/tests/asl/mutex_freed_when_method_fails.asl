// expect: Error DivideByZero
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MUTEXFRE", 1)
{
    Mutex (MTX0, 0)
    Name (N000, 0)
    Method (M000) {
      Acquire (MTX0, 0xFFFF)
      Return (1 / N000)
    }
    Method (MAIN) { Return (M000 ()) }
}
