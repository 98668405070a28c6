// expect: Buffer [01 02]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (B000, Buffer (2) { 1, 2 })
    Method (MAIN) {
      CopyObject (B000, Local0)
      Local0 [0] = 9
      Return (B000)
    }
}
