// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICNOT", 1)
{
    Method (MAIN)
    {
        Local0 = 7
        Return (Local0 != 8)
    }
}
