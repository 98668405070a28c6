// expect: Buffer [00 61 62 00 00 FF]
// A string fills a buffer field; the rest of the field becomes zero (ACPI 6.5, 19.3.5, String to Buffer Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (BUF, Buffer () { 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })
    CreateDWordField (BUF, 1, FLD)

    Method (MAIN, 0)
    {
        FLD = "ab"
        Return (BUF)
    }
}
