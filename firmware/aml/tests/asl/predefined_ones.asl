// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PREDEFIN", 1)
{
    Method (MAIN)
    {
        Return (Ones)
    }
}
