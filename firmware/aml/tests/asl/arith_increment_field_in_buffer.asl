// expect: Buffer [01 03 03]
// Increment reads and writes a field object (ACPI 6.5, 19.6, Increment).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHINC", 1)
{
    Name (BUF, Buffer () { 1, 2, 3 })
    CreateByteField (BUF, 1, FLD)

    Method (MAIN, 0)
    {
        FLD++
        Return (BUF)
    }
}
