// expect: String "abc"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTS", 1)
{
    Method (MAIN)
    {
        Local0 = "abc"
        Return (ToDecimalString (Local0))
    }
}
