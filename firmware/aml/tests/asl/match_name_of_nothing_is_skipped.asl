// expect: Integer 0x1
// The name of an object that does not exist counts as uninitialised (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHNAM", 1)
{
    External (\MISS)
    Name (PKG, Package () { \MISS, 7 })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MTR, 0, MTR, 0, 0))
    }
}
