// expect: Buffer []
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MIDINTEG", 1)
{
    Method (MAIN)
    {
        Local0 = 0x1234
        Return (Mid (Local0, 12, 4))
    }
}
