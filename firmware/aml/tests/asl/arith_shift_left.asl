// expect: Integer 0x8000000000000000
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHSHI", 1)
{
    Method (MAIN)
    {
        Local0 = 1
        Return (Local0 << 63)
    }
}
