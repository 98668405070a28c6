// expect: Integer 0x1
// MGE fits elements that are greater than or equal to the operand (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHGRE", 1)
{
    Name (PKG, Package () { 10, 20, 30 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MGE, 20, MTR, 0, 0))
    }
}
