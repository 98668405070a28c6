// expect: Integer 0x902
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHDIV", 1)
{
    Method (MAIN)
    {
        Divide (47, 5, Local0, Local1)
        Return ((Local1 << 8) + Local0)
    }
}
