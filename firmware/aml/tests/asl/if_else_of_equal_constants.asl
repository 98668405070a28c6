// expect: Integer 0x15
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "IFELSEOF", 1)
{
    Method (MAIN)
    {
        Local0 = 3
        If (Local0 == 3) { Local1 = 1 } Else { Local1 = 2 }
        If (Local0 == 4) { Local1 += 10 } Else { Local1 += 20 }
        Return (Local1)
    }
}
