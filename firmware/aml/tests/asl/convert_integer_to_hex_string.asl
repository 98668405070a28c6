// expect: String "00000000000012AB"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN)
    {
        Local0 = 0x12AB
        Return (ToHexString (Local0))
    }
}
