// expect: Integer 0x2
// MGT fits elements that are greater than the operand (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHGRE", 1)
{
    Name (PKG, Package () { 10, 20, 30 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MGT, 20, MTR, 0, 0))
    }
}
