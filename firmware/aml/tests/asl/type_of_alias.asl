// expect: Integer 0x2
// ObjectType of an alias is the type of its source (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFAL", 1)
{
    Name (STR0, "abc")
    Alias (STR0, STR1)

    Method (MAIN, 0)
    {
        Return (ObjectType (STR1))
    }
}
