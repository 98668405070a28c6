// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHANY", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 4, 5 }
        Return (Match (Local0, MTR, 0, MTR, 0, 1))
    }
}
