// expect: Buffer [00 01 02 FF]
// A longer buffer is cut to the width of a buffer field (ACPI 6.5, 19.3.5, Buffer to Buffer Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (BUF, Buffer () { 0x00, 0xFF, 0xFF, 0xFF })
    CreateWordField (BUF, 1, FLD)

    Method (MAIN, 0)
    {
        FLD = Buffer () { 1, 2, 3, 4 }
        Return (BUF)
    }
}
