// expect: Error OperandValue
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHTOB", 1)
{
    Method (MAIN)
    {
        Local0 = 10000000000000000
        Return (ToBCD (Local0))
    }
}
