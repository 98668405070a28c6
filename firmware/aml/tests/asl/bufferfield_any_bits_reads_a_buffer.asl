// expect: Buffer [41 63]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) { 0x12, 0x34, 0x56, 0x78 })
    CreateField (BUF0, 4, 16, F000)
    Method (MAIN) { Return (F000) }
}
