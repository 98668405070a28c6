// expect: Buffer [61 62 63 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFR", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { "abc" }
        Return (Local0)
    }
}
