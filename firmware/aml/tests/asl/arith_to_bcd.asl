// expect: Integer 0x1234567890123456
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHTOB", 1)
{
    Method (MAIN)
    {
        Local0 = 1234567890123456
        Return (ToBCD (Local0))
    }
}
