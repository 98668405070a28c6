// expect: String "unset"
// The names join the scope that the root path names (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\DEV0", "", 0)
        Local1 = "\\DEV0.MYD"
        Return (DerefOf (Local1))
    }
}
