// expect: Package [Integer 0x1, String "s", Buffer [01 02], Package [Integer 0x2, Package []]]
// Integers, strings, buffers and packages can be elements (ACPI 6.5, 19.6, Package).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEE", 1)
{
    Name (PKG, Package () { 1, "s", Buffer () { 1, 2 }, Package () { 2, Package (0) {} } })

    Method (MAIN, 0)
    {
        Return (PKG)
    }
}
