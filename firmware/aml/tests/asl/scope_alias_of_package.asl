// expect: Package [Integer 0x1, Integer 0x9]
// An element of an aliased package is the package's own (ACPI 6.5, 19.6, Alias).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Name (PKG0, Package () { 1, 2 })
    Alias (PKG0, PKG1)

    Method (MAIN, 0)
    {
        PKG1[1] = 9
        Return (PKG0)
    }
}
