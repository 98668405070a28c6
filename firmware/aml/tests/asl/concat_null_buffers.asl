// expect: Buffer [01]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATNU", 1)
{
    Method (MAIN)
    {
        Local2 = 0
        Local0 = Buffer (Local2) { }
        Return (Concatenate (Local0, Buffer () { 1 }))
    }
}
