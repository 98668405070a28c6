// expect: Integer 0xFFFFFFFF
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32T", 1)
{
    Method (MAIN)
    {
        Local0 = 5
        Return (Local0 == 5)
    }
}
