// expect: Error OperandType
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Method (MAIN)
    {
        Local0 = 5
        Return (DerefOf (Local0))
    }
}
