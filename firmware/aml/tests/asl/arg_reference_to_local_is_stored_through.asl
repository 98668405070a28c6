// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGREFER", 1)
{
    Method (M000, 1) { Arg0 = 5 }
    Method (MAIN) {
      Local0 = 1
      M000 (RefOf (Local0))
      Return (Local0)
    }
}
