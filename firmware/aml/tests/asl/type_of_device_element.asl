// expect: Integer 0x6
// ObjectType of an element that names a device (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFDE", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
    }
    Name (PKG0, Package () { DEV0 })

    Method (MAIN, 0)
    {
        Return (ObjectType (PKG0[0]))
    }
}
