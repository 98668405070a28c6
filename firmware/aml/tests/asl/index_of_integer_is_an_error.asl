// expect: Error OperandType
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXOFI", 1)
{
    Method (MAIN)
    {
        Local0 = 5
        Local1 = Index (Local0, 0)
        Return (1)
    }
}
