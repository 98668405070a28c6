// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOADTABL", 1)
{
    Method (MAIN)
    {
        Local0 = LoadTable ("NONE", "", "", "", "", 0)
        Return (Local0)
    }
}
