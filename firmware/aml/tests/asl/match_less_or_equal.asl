// expect: Integer 0x1
// MLE fits elements that are less than or equal to the operand (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHLES", 1)
{
    Name (PKG, Package () { 30, 20, 10 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MLE, 20, MTR, 0, 0))
    }
}
