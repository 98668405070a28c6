// expect: String "ab"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATTO", 1)
{
    Method (MAIN)
    {
        Concatenate ("a", "b", Local0)
        Return (Local0)
    }
}
