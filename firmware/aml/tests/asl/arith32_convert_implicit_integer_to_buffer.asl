// expect: Buffer [AA 34 12 00 00]
// An integer becomes four bytes in a table of revision 1 (ACPI 6.5, 19.3.5, Integer to Buffer).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32C", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0xAA }
        Local1 = 0x1234
        Return (Concatenate (Local0, Local1))
    }
}
