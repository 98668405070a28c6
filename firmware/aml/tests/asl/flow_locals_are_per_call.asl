// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWLOCA", 1)
{
    Method (M000, 1) {
      Local0 = Arg0
      If (Arg0) { M000 (Arg0 - 1) }
      Return (Local0)
    }
    Method (MAIN) { Return (M000 (5)) }
}
