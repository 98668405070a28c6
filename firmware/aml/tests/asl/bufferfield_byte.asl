// expect: Buffer [01 02 FF 04]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) { 1, 2, 3, 4 })
    CreateByteField (BUF0, 2, F000)
    Method (MAIN) {
      Local0 = F000
      F000 = 0x1FF
      Return (BUF0)
    }
}
