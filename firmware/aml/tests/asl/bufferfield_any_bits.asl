// expect: Buffer [1F 00 FF FF]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) { 0xFF, 0xFF, 0xFF, 0xFF })
    CreateField (BUF0, 5, 11, F000)
    Method (MAIN) {
      F000 = 0
      Return (BUF0)
    }
}
