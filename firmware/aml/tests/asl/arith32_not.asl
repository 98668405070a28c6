// expect: Integer 0xFFFFFFFF
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32N", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Return (~Local0)
    }
}
