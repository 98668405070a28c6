// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHSKI", 1)
{
    Method (MAIN)
    {
        Local0 = Package (3) { 1 }
        Return (Match (Local0, MEQ, 6, MTR, 0, 0))
    }
}
