// expect: Error OperandValue
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32T", 1)
{
    Method (MAIN)
    {
        Local0 = 100000000
        Return (ToBCD (Local0))
    }
}
