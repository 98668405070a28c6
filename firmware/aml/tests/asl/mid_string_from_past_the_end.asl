// expect: String ""
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MIDSTRIN", 1)
{
    Method (MAIN)
    {
        Local0 = "abcdef"
        Return (Mid (Local0, 6, 1))
    }
}
