// expect: Integer 0xE
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREGIV", 1)
{
    Method (MAIN)
    {
        Local1 = (Local0 = 7)
        Return (Local0 + Local1)
    }
}
