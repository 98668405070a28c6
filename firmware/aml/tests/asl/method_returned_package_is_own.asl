// expect: Package [Integer 0x1, Integer 0x2]
// Storing a returned named package to a local copies it (ACPI 6.5, 19.3.5, rules for storing and copying objects).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Name (PKG, Package () { 1, 2 })
    Method (GETP, 0)
    {
        Return (PKG)
    }

    Method (MAIN, 0)
    {
        Local0 = GETP ()
        Local0[0] = 9
        Return (PKG)
    }
}
