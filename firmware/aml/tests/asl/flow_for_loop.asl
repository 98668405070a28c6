// expect: Integer 0xA
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWFORL", 1)
{
    Method (MAIN)
    {
        Local1 = 0
        For (Local0 = 0, Local0 < 5, Local0++) { Local1 += 2 }
        Return (Local1)
    }
}
