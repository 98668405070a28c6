// expect: Integer 0x1
// MTR passes every element that is initialised, also one that cannot be compared (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHANY", 1)
{
    Name (PKG, Package (3) {})

    Method (MAIN, 0)
    {
        PKG[1] = Package () { 5 }
        PKG[2] = 7
        Return (Match (PKG, MTR, 0, MTR, 0, 0))
    }
}
