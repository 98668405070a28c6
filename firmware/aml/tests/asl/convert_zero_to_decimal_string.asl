// expect: String "0"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTZ", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Return (ToDecimalString (Local0))
    }
}
