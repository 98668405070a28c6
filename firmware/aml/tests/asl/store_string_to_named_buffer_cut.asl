// expect: Buffer [61 62]
// A string that is longer than a named buffer is cut (ACPI 6.5, 19.3.5, String to Buffer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORESTR", 1)
{
    Name (BUF, Buffer () { 1, 2 })

    Method (MAIN, 0)
    {
        Store ("abcd", BUF)
        Return (BUF)
    }
}
