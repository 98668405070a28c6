// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Method (MAIN)
    {
        Local0 = ""
        Return (ToInteger (Local0))
    }
}
