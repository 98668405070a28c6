// expect: Integer 0x2A
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHADD", 1)
{
    Method (MAIN)
    {
        Return (Add (40, 2))
    }
}
