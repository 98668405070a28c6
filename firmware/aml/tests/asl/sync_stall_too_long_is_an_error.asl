// expect: Error OperandValue
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCSTAL", 1)
{
    Method (MAIN)
    {
        Stall (10000)
        Return (1)
    }
}
