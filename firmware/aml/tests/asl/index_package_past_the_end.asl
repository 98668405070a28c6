// expect: Error Index { index: 2, length: 2 }
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXPAC", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, 2 }
        Local1 = 2
        Return (DerefOf (Local0 [Local1]))
    }
}
