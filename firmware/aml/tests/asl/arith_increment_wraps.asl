// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHINC", 1)
{
    Method (MAIN)
    {
        Local0 = Ones
        Return (Increment (Local0))
    }
}
