// expect: Integer 0x2
// An uninitialised element is passed over, even by MTR (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHSKI", 1)
{
    Name (PKG, Package (3) {})

    Method (MAIN, 0)
    {
        PKG[2] = 7
        Return (Match (PKG, MTR, 0, MTR, 0, 0))
    }
}
