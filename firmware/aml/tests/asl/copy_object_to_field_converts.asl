// expect: Buffer [00 34 12 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (B000, Buffer (4) { })
    CreateWordField (B000, 1, F000)
    Method (MAIN) {
      CopyObject (0x1234, F000)
      Return (B000)
    }
}
