// expect: Package [String "s", Buffer [01], Package [Integer 0x7]]
// A store to an element of a package does not convert (ACPI 6.5, 19.3.5, rules for storing and copying objects).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREPAC", 1)
{
    Name (PKG, Package () { 1, "x", Buffer () { 9, 9, 9 } })

    Method (MAIN, 0)
    {
        PKG[0] = "s"
        PKG[1] = Buffer () { 1 }
        PKG[2] = Package () { 7 }
        Return (PKG)
    }
}
