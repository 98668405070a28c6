// expect: Integer 0xFFFFFFFF
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32O", 1)
{
    Method (MAIN)
    {
        Return (Ones)
    }
}
