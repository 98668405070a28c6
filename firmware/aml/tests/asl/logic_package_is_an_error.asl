// expect: Error OperandType
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICPAC", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1 }
        Return (Local0 == 1)
    }
}
