// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHMOD", 1)
{
    Method (MAIN)
    {
        Local0 = 47
        Return (Local0 % 5)
    }
}
