// expect: Integer 0x7
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWIFWI", 1)
{
    Method (MAIN)
    {
        Local1 = 7
        If (Local1 == 4) { Local1 = 1 }
        Return (Local1)
    }
}
