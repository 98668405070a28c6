// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICNOT", 1)
{
    Method (MAIN)
    {
        Local0 = 7
        Return (!Local0)
    }
}
