// expect: Buffer [01 02 03 04 05 06 07 08]
// A qword field is a buffer where integers have 32 bits (ACPI 6.5, 19.6, CreateQWordField and 19.3.5).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32B", 1)
{
    Name (BUF, Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 })
    CreateQWordField (BUF, 0, FLD)

    Method (MAIN, 0)
    {
        Local0 = FLD
        Return (Local0)
    }
}
