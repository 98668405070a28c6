// expect: Integer 0x4
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWPRED", 1)
{
    Name (N000, 0)
    Method (NEXT) { N000++ Return (N000 < 4) }
    Method (MAIN) {
      While (NEXT ()) { }
      Return (N000)
    }
}
