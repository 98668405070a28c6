// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGREFER", 1)
{
    Name (S000, "abc")
    Method (M000, 1) { Arg0 = 5 }
    Method (MAIN) {
      M000 (RefOf (S000))
      Return (S000)
    }
}
