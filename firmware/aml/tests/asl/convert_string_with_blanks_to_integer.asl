// expect: Integer 0x2A
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTS", 1)
{
    Method (MAIN)
    {
        Local0 = "  42xyz"
        Return (ToInteger (Local0))
    }
}
