// expect: Buffer [61 62 63 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTS", 1)
{
    Method (MAIN)
    {
        Local0 = "abc"
        Return (ToBuffer (Local0))
    }
}
