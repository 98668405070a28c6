// expect: Integer 0xA
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODNA", 1)
{
    Method (M000) {
      Name (N000, 5)
      Return (N000)
    }
    Method (MAIN) {
      Return (M000 () + M000 ())
    }
}
