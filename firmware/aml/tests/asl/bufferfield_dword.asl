// expect: Buffer [01 03 03 04 05 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (8) { 1, 2, 3, 4, 5 })
    CreateDWordField (BUF0, 1, F000)
    Method (MAIN) {
      F000++
      Return (BUF0)
    }
}
