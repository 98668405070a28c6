// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHFIN", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Return (FindSetLeftBit (Local0))
    }
}
