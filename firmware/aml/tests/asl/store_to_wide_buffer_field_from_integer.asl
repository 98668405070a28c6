// expect: Buffer [00 21 43 00 00 00 00 00 00 00 00 FF]
// An integer fills the low bits of a wide field; the rest becomes zero (ACPI 6.5, 19.3.5, Integer to Buffer Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOW", 1)
{
    Name (BUF, Buffer (12) { 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })
    CreateField (BUF, 8, 80, FLD)

    Method (MAIN, 0)
    {
        FLD = 0x4321
        Return (BUF)
    }
}
