// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICAND", 1)
{
    Method (MAIN)
    {
        Local0 = "0"
        Return (Local0 && "1")
    }
}
