// expect: Integer 0x0
// A table whose OEM table id differs is not there (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Return (LoadTable ("OEM1", "HOTVCP", "BODX", "", "", 0))
    }
}
