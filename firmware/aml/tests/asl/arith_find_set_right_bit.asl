// expect: Integer 0xD
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHFIN", 1)
{
    Method (MAIN)
    {
        Local0 = 0x5000
        Return (FindSetRightBit (Local0))
    }
}
