// expect: Buffer [01 02 03]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATBU", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1 }
        Return (Concatenate (Local0, Buffer () { 2, 3 }))
    }
}
