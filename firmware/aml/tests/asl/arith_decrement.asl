// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHDEC", 1)
{
    Name (N000, 0)
    Method (MAIN) {
      N000--
      Return (N000)
    }
}
