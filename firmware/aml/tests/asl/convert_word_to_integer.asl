// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTW", 1)
{
    Method (MAIN)
    {
        Local0 = "abc"
        Return (ToInteger (Local0))
    }
}
