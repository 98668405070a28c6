// expect: Integer 0x5
// SizeOf of a package counts elements without value (ACPI 6.5, 19.6, SizeOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZECOUN", 1)
{
    Name (PKG0, Package (5) { 1 })

    Method (MAIN, 0)
    {
        Return (SizeOf (PKG0))
    }
}
