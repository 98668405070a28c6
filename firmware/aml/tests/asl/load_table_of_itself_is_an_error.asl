// expect: Error AlreadyExists(DSDT)
// The running table is loaded already (the specification does not say; ACPICA's way).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Return (LoadTable ("DSDT", "HOTVCP", "TEST", "", "", 0))
    }
}
