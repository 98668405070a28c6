// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGREFER", 1)
{
    Name (N000, 1)
    Method (M000, 1) { Arg0 = 5 }
    Method (MAIN) {
      M000 (RefOf (N000))
      Return (N000)
    }
}
