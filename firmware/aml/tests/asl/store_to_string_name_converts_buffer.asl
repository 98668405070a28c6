// expect: String "0x61 0x62"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOS", 1)
{
    Name (S000, "old")
    Method (MAIN) {
      S000 = Buffer () { 0x61, 0x62 }
      Return (S000)
    }
}
