// expect: Buffer [10 32 54 76 98 BA DC FE 01 00]
// A wide field that begins inside a byte is read as a buffer (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF, Buffer () { 0x00, 0x21, 0x43, 0x65, 0x87, 0xA9, 0xCB, 0xED, 0x1F, 0x00, 0x00 })
    CreateField (BUF, 4, 76, FLD)

    Method (MAIN, 0)
    {
        Return (FLD)
    }
}
