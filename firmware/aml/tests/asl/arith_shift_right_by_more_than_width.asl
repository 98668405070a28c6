// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHSHI", 1)
{
    Method (MAIN)
    {
        Local0 = Ones
        Return (Local0 >> 200)
    }
}
