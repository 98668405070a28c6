// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32A", 1)
{
    Method (MAIN)
    {
        Local0 = 0xFFFFFFFF
        Return (Local0 + 2)
    }
}
