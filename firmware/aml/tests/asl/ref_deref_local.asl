// expect: Integer 0x2B
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Method (MAIN)
    {
        Local0 = 42
        Local1 = RefOf (Local0)
        Local0 = 43
        Return (DerefOf (Local1))
    }
}
