// expect: Integer 0x908070605040302
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (9) { 1, 2, 3, 4, 5, 6, 7, 8, 9 })
    CreateQWordField (BUF0, 1, F000)
    Method (MAIN) { Return (F000) }
}
