// expect: String "n=000000000000002A"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATST", 1)
{
    Method (MAIN)
    {
        Local0 = "n="
        Return (Concatenate (Local0, 0x2A))
    }
}
