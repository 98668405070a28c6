// expect: String "0x00,0x07,0x2A,0xFF"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 0, 7, 42, 255 }
        Return (ToHexString (Local0))
    }
}
