// expect: Integer 0x9
// \_GL is a mutex (ACPI 6.5, 5.7.1).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFGL", 1)
{
    Method (MAIN, 0)
    {
        Return (ObjectType (\_GL))
    }
}
