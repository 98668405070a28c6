// expect: Integer 0x1
// An element is converted to the type of the operand before it is compared (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHCON", 1)
{
    Name (PKG, Package () { "19", "20", "21" })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MEQ, 0x20, MTR, 0, 0))
    }
}
