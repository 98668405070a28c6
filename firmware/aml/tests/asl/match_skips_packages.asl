// expect: Integer 0x1
// An element that has no conversion to the operand's type is passed over (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHSKI", 1)
{
    Name (PKG, Package () { Package () { 5 }, 5 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MEQ, 5, MTR, 0, 0))
    }
}
