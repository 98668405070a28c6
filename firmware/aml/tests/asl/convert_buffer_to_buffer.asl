// expect: Buffer [09 08]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 9, 8 }
        Return (ToBuffer (Local0))
    }
}
