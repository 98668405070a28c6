// expect: String "xyz"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTS", 1)
{
    Method (MAIN)
    {
        Local0 = "xyz"
        Return (ToHexString (Local0))
    }
}
