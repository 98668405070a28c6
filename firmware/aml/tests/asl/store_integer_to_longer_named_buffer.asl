// expect: Buffer [99 00 00 00 00 00 00 00 00 00]
// A named buffer that is longer than an integer is filled up with zeros (ACPI 6.5, 19.3.5, Integer to Buffer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREINT", 1)
{
    Name (BUF, Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })

    Method (MAIN, 0)
    {
        Store (0x99, BUF)
        Return (BUF)
    }
}
