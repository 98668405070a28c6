// expect: Integer 0xFFFFFFFF
// Match's Ones has 32 bits in a table of revision 1 (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32M", 1)
{
    Name (PKG, Package () { 10, 20, 30 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MEQ, 40, MTR, 0, 0))
    }
}
