// expect: Integer 0x5
// The parameter goes where an absolute path leads (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Name (PRM, 0)
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\DEV0", "\\PRM", 5)
        Return (PRM)
    }
}
