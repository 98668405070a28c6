// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICINT", 1)
{
    Method (MAIN)
    {
        Local0 = 0x1F
        Return (Local0 == "1F")
    }
}
