// expect: Buffer [01 02]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERSH", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer (1) { 1, 2 }
        Return (Local0)
    }
}
