// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWIFEL", 1)
{
    Method (MAIN)
    {
        Local0 = 5
        If (Local0 == 4) { Return (1) }
        ElseIf (Local0 == 5) { Return (2) }
        Else { Return (3) }
    }
}
