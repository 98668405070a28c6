// expect: Error OperandValue
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Local1 = Buffer (Local0) { }
        Return (ToInteger (Local1))
    }
}
