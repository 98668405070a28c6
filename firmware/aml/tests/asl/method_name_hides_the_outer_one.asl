// expect: Integer 0x6
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODNA", 1)
{
    Name (N000, 1)
    Method (M000) {
      Name (N000, 5)
      Return (N000)
    }
    Method (MAIN) { Return (M000 () + N000) }
}
