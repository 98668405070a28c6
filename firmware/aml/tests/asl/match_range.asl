// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHRAN", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, 5, 9, 12 }
        Return (Match (Local0, MGT, 5, MLT, 12, 0))
    }
}
