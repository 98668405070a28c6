// expect: Integer 0x1200
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) { })
    CreateWordField (BUF0, 0, F000)
    Method (MAIN) {
      BUF0 [1] = 0x12
      Return (F000)
    }
}
