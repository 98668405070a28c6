// expect: Integer 0x2
// MLT fits elements that are less than the operand (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHLES", 1)
{
    Name (PKG, Package () { 30, 20, 10 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MLT, 20, MTR, 0, 0))
    }
}
