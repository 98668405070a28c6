// expect: Integer 0x2
// \_OS is a string (ACPI 6.5, 5.7.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFOS", 1)
{
    Method (MAIN, 0)
    {
        Return (ObjectType (\_OS))
    }
}
