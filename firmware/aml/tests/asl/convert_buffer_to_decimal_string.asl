// expect: String "0,7,42,255"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 0, 7, 42, 255 }
        Return (ToDecimalString (Local0))
    }
}
