// expect: Buffer [00 34]
// A field that is stored to an element of a buffer gives its lowest byte (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREFIE", 1)
{
    Name (BUF0, Buffer () { 0x34, 0x12 })
    Name (BUF1, Buffer () { 0, 0 })
    CreateWordField (BUF0, 0, FLD0)

    Method (MAIN, 0)
    {
        BUF1[1] = FLD0
        Return (BUF1)
    }
}
