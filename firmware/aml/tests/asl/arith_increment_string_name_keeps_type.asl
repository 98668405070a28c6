// expect: String "0000000000000020"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHINC", 1)
{
    Name (S000, "1F")
    Method (MAIN) {
      S000++
      Return (S000)
    }
}
