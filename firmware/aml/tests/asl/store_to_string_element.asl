// expect: String "aXc"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOS", 1)
{
    Name (S000, "abc")
    Method (MAIN) {
      S000 [1] = 0x58
      Return (S000)
    }
}
