// expect: Buffer [00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Method (MAIN)
    {
        Local0 = ""
        Return (ToBuffer (Local0))
    }
}
