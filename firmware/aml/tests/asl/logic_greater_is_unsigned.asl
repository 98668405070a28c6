// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICGRE", 1)
{
    Method (MAIN)
    {
        Local0 = Ones
        Return (Local0 > 1)
    }
}
