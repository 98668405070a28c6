// expect: Integer 0xE
// ObjectType of an element of a string is that of a buffer field (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFST", 1)
{
    Name (STR0, "abc")

    Method (MAIN, 0)
    {
        Return (ObjectType (STR0[1]))
    }
}
