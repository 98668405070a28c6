// expect: Integer 0x1
// \_REV is an integer (ACPI 6.5, 5.7.4).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFRE", 1)
{
    Method (MAIN, 0)
    {
        Return (ObjectType (\_REV))
    }
}
