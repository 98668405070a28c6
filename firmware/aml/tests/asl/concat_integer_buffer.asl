// expect: Buffer [01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATIN", 1)
{
    Method (MAIN)
    {
        Local0 = 1
        Return (Concatenate (Local0, Buffer () { 2 }))
    }
}
