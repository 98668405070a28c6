// expect: Error Uninitialized
// An operand is evaluated also where its test, MTR, does not look at it (ACPI 6.5, 19.3.5.6, uninitialised).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHOPE", 1)
{
    Name (PKG, Package () { 1 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MTR, 0, MTR, Local0, 0))
    }
}
