// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHSTR", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { "a", "b" }
        Return (Match (Local0, MEQ, "b", MTR, 0, 0))
    }
}
