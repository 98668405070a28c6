// expect: Integer 0x0
// ObjectType of an element without value is 0 (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFUN", 1)
{
    Name (PKG0, Package (2) { 1 })

    Method (MAIN, 0)
    {
        Return (ObjectType (PKG0[1]))
    }
}
