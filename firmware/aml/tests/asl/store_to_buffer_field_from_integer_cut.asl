// expect: Buffer [00 34 00]
// A buffer field takes as many bits as it has (ACPI 6.5, 19.3.5, Integer to Buffer Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (BUF, Buffer () { 0, 0, 0 })
    CreateByteField (BUF, 1, FLD)

    Method (MAIN, 0)
    {
        FLD = 0x1234
        Return (BUF)
    }
}
