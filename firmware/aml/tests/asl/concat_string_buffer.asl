// expect: String "b=0x01 0xAB"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATST", 1)
{
    Method (MAIN)
    {
        Local0 = "b="
        Return (Concatenate (Local0, Buffer () { 1, 0xAB }))
    }
}
