// expect: Integer 0x300000003
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHMUL", 1)
{
    Method (MAIN)
    {
        Local0 = 0x100000001
        Return (Local0 * 3)
    }
}
