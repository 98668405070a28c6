// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PREDEFIN", 1)
{
    Method (MAIN)
    {
        Return (\_REV)
    }
}
