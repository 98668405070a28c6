// expect: Error Index { index: 1, length: 1 }
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHSTA", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1 }
        Local1 = 1
        Return (Match (Local0, MEQ, 6, MTR, 0, Local1))
    }
}
