// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PREDEFIN", 1)
{
    Method (MAIN)
    {
        Return (\_OSI ("No Such System"))
    }
}
