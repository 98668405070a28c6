// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHMUL", 1)
{
    Method (MAIN)
    {
        Local0 = 0x8000000000000001
        Return (Local0 * 2)
    }
}
