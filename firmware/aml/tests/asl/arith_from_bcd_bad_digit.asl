// expect: Error OperandValue
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHFRO", 1)
{
    Method (MAIN)
    {
        Local0 = 0x12A4
        Return (FromBCD (Local0))
    }
}
