// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICOR", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Return (Local0 || 2)
    }
}
