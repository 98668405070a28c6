// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHEQU", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, 5, 9 }
        Return (Match (Local0, MEQ, 5, MTR, 0, 0))
    }
}
