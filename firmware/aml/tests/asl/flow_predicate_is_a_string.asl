// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWPRED", 1)
{
    Method (MAIN)
    {
        If ("1") { Return (1) }
        Return (2)
    }
}
