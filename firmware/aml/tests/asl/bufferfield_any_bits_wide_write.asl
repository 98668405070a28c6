// expect: Buffer [FF A0 0B 0C 0D 0E 0F 10 11 F2]
// A buffer that is stored to a wide field is shifted into its place (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF, Buffer (10) { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })
    CreateField (BUF, 4, 72, FLD)

    Method (MAIN, 0)
    {
        FLD = Buffer () { 0x0F, 0xBA, 0xC0, 0xD0, 0xE0, 0xF0, 0x00, 0x11, 0x21 }
        Return (BUF)
    }
}
