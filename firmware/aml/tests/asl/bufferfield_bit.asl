// expect: Integer 0x10102
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (2) { 0x10 })
    CreateBitField (BUF0, 4, F000)
    CreateBitField (BUF0, 9, F001)
    Method (MAIN) {
      F001 = 1
      Return ((F000 << 16) + (F001 << 8) + DerefOf (BUF0 [1]))
    }
}
