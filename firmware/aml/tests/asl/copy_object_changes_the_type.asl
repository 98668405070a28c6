// expect: String "abc"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (N000, 1)
    Method (MAIN) {
      CopyObject ("abc", N000)
      Return (N000)
    }
}
