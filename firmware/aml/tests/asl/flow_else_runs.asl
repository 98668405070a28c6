// expect: Integer 0x3
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWELSE", 1)
{
    Method (MAIN)
    {
        Local0 = 6
        If (Local0 == 4) { Local1 = 1 } Else { Local1 = 3 }
        Return (Local1)
    }
}
