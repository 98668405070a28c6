// expect: Error PathNotFound
// The root path has to exist (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\NONE", "", 0)
        Return (0)
    }
}
