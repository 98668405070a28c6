// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWELSE", 1)
{
    Method (MAIN)
    {
        Local0 = 1
        If (Local0) {
          If (Local0 == 2) { Local1 = 1 } Else { Local1 = 2 }
        } Else { Local1 = 3 }
        Return (Local1)
    }
}
