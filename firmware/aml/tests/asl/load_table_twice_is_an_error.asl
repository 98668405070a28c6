// expect: Error AlreadyExists(OEM1)
// A table is in the namespace once (the specification does not say; ACPICA's way).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\DEV0", "", 0)
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\DEV0", "", 0)
        Return (0)
    }
}
