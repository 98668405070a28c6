// expect: Buffer [61 00 62 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFR", 1)
{
    Method (MAIN)
    {
        Local0 = Unicode ("ab")
        Return (Local0)
    }
}
