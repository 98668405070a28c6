// expect: Error Limit(Fuel)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITEND", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        While (1) { Local0++ }
        Return (0)
    }
}
