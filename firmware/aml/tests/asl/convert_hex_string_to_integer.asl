// expect: Integer 0x12AB
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTH", 1)
{
    Method (MAIN)
    {
        Local0 = "0x12aB"
        Return (ToInteger (Local0))
    }
}
