// expect: String "set"
// acpica differs: it looks for the parameter before the table is loaded; a relative path is seen from the root path, and the value is stored after the load (19.6, LoadTable)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\DEV0", "MYD", "set")
        Local1 = "\\DEV0.MYD"
        Return (DerefOf (Local1))
    }
}
