// expect: Integer 0x4D2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTD", 1)
{
    Method (MAIN)
    {
        Local0 = "1234"
        Return (ToInteger (Local0))
    }
}
