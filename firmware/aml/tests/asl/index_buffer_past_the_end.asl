// expect: Error Index { index: 3, length: 3 }
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXBUF", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1, 2, 3 }
        Local1 = 3
        Return (DerefOf (Local0 [Local1]))
    }
}
