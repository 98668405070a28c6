// expect: String "abcdef"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATST", 1)
{
    Method (MAIN)
    {
        Local0 = "abc"
        Return (Concatenate (Local0, "def"))
    }
}
