// expect: Integer 0xF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHFIN", 1)
{
    Method (MAIN)
    {
        Local0 = 0x5000
        Return (FindSetLeftBit (Local0))
    }
}
