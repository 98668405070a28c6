// expect: Buffer [02 03 04 05 06 07 08 09 0A]
// A buffer field of more than 64 bits is read as a buffer (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREFRO", 1)
{
    Name (BUF, Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
    CreateField (BUF, 8, 72, FLD)

    Method (MAIN, 0)
    {
        Local0 = FLD
        Return (Local0)
    }
}
