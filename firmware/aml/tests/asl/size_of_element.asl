// expect: Integer 0x3
// SizeOf of an element of a package is the size of its content (ACPI 6.5, 19.6, SizeOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFEL", 1)
{
    Name (PKG0, Package () { 1, "abc" })

    Method (MAIN, 0)
    {
        Return (SizeOf (DerefOf (PKG0[1])))
    }
}
