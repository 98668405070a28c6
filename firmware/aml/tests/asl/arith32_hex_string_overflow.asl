// expect: Integer 0x12345678
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32H", 1)
{
    Method (MAIN)
    {
        Local0 = "123456789"
        Return (Local0 + 0)
    }
}
