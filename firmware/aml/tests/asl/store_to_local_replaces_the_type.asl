// expect: String "abc"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOL", 1)
{
    Method (MAIN)
    {
        Local0 = 1
        Local0 = "abc"
        Return (Local0)
    }
}
