// expect: Buffer [02 01 00 00 00 00 00 00 04 03 00 00 00 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATIN", 1)
{
    Method (MAIN)
    {
        Local0 = 0x0102
        Return (Concatenate (Local0, 0x0304))
    }
}
