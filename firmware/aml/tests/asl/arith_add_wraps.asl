// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHADD", 1)
{
    Method (MAIN)
    {
        Local0 = Ones
        Return (Local0 + 2)
    }
}
