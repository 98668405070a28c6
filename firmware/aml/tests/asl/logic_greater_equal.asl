// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICGRE", 1)
{
    Method (MAIN)
    {
        Local0 = 6
        Return (Local0 >= 7)
    }
}
