// expect: String "12345"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN)
    {
        Local0 = 12345
        Return (ToDecimalString (Local0))
    }
}
