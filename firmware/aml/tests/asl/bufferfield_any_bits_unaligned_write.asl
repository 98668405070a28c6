// expect: Buffer [DF 07 FF]
// A write to a field of bits leaves the neighbours (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF, Buffer () { 0xFF, 0xFF, 0xFF })
    CreateField (BUF, 3, 13, FLD)

    Method (MAIN, 0)
    {
        FLD = 0xFB
        Return (BUF)
    }
}
