// expect: String "a"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 0x61, 0, 0x62 }
        Return (ToString (Local0, 3))
    }
}
