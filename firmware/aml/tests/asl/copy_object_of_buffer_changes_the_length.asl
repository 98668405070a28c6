// expect: Buffer [01 02 03]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (B000, Buffer (2) { })
    Method (MAIN) {
      CopyObject (Buffer () { 1, 2, 3 }, B000)
      Return (B000)
    }
}
