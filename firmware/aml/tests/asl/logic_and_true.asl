// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICAND", 1)
{
    Method (MAIN)
    {
        Local0 = 4
        Return (Local0 && 2)
    }
}
