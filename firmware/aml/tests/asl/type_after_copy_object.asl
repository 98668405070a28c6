// expect: Integer 0x3
// ObjectType follows CopyObject (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEAFTE", 1)
{
    Name (NUM0, 1)

    Method (MAIN, 0)
    {
        CopyObject (Buffer () { 1 }, NUM0)
        Return (ObjectType (NUM0))
    }
}
