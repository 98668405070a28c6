// expect: Integer 0x0
// What is not there is 0; its paths do not matter then (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Return (LoadTable ("OEM9", "", "", "\\NONE", "NONE", 0))
    }
}
