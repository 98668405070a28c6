// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHLES", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, 5, 9, 12 }
        Return (Match (Local0, MGE, 6, MLE, 9, 0))
    }
}
