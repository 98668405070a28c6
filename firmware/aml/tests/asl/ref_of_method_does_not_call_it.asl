// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFOFMET", 1)
{
    Name (N000, 0)
    Method (M000) { N000 = 1 }
    Method (MAIN) {
      Local0 = RefOf (M000)
      Return (N000)
    }
}
