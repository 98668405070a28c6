// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHNON", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, 5, 9 }
        Return (Match (Local0, MEQ, 6, MTR, 0, 0))
    }
}
