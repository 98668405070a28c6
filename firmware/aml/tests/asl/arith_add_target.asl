// expect: Integer 0x3
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHADD", 1)
{
    Method (MAIN)
    {
        Add (1, 2, Local0)
        Return (Local0)
    }
}
