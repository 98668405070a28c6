// expect: String "unset"
// Without a root path the names join the root (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "", "", 0)
        Local1 = "\\MYD"
        Return (DerefOf (Local1))
    }
}
