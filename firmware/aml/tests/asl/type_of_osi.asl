// expect: Integer 0x8
// \_OSI is a method (ACPI 6.5, 5.7.2).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFOS", 1)
{
    Method (MAIN, 0)
    {
        Return (ObjectType (\_OSI))
    }
}
