// expect: String "CBA"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TOSTRING", 1)
{
    Method (MAIN)
    {
        Local0 = 0x414243
        Return (ToString (Local0))
    }
}
