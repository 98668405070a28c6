// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICSTR", 1)
{
    Method (MAIN)
    {
        Local0 = "000000000000001F"
        Return (Local0 == 0x1F)
    }
}
