// expect: String "000000000000002A"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOS", 1)
{
    Name (S000, "old")
    Method (MAIN) {
      S000 = 0x2A
      Return (S000)
    }
}
