// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHFRO", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 5, 1, 5 }
        Return (Match (Local0, MEQ, 5, MTR, 0, 1))
    }
}
