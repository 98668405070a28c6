// expect: String "unset"
// What was unloaded can be loaded again, elsewhere too (ACPI 6.5, 19.6, LoadTable and Unload).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\DEV0", "", 0)
        Unload (Local0)
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "", "", 0)
        Local1 = "\\MYD"
        Return (DerefOf (Local1))
    }
}
