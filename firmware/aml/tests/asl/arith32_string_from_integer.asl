// expect: String "000000AB"
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32S", 1)
{
    Method (MAIN)
    {
        Local0 = 0xAB
        Return (Concatenate ("", Local0))
    }
}
