// expect: Integer 0xF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHSHI", 1)
{
    Method (MAIN)
    {
        Local0 = Ones
        Return (Local0 >> 60)
    }
}
