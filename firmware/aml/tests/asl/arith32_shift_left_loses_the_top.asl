// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32S", 1)
{
    Method (MAIN)
    {
        Local0 = 0x80000001
        Return (Local0 << 1)
    }
}
