// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGINTEG", 1)
{
    Name (N000, 1)
    Method (M000, 1) { Arg0 = 5 }
    Method (MAIN) {
      M000 (N000)
      Return (N000)
    }
}
