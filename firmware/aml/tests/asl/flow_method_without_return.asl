// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWMETH", 1)
{
    Method (M000) { Local0 = 1 }
    Method (MAIN) {
      M000 ()
      Return (1)
    }
}
