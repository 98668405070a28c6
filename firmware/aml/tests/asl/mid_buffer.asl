// expect: Buffer [02 03]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MIDBUFFE", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1, 2, 3, 4 }
        Return (Mid (Local0, 1, 2))
    }
}
