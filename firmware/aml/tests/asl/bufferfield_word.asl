// expect: Integer 0x302
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) { 1, 2, 3, 4 })
    CreateWordField (BUF0, 1, F000)
    Method (MAIN) { Return (F000) }
}
