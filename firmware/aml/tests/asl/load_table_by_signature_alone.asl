// expect: Integer 0xF
// Empty ids match any; the result is a handle (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "", "", "", "", 0)
        Return (ObjectType (Local0))
    }
}
