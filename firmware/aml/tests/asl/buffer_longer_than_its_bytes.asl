// expect: Buffer [01 02 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERLO", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer (4) { 1, 2 }
        Return (Local0)
    }
}
