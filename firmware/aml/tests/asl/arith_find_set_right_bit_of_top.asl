// expect: Integer 0x40
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHFIN", 1)
{
    Method (MAIN)
    {
        Local0 = 0x8000000000000000
        Return (FindSetRightBit (Local0))
    }
}
