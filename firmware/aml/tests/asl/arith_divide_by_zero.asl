// expect: Error DivideByZero
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHDIV", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Return (47 / Local0)
    }
}
