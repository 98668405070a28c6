// expect: Integer 0x62
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXSTR", 1)
{
    Method (MAIN)
    {
        Local0 = "abc"
        Return (DerefOf (Local0 [1]))
    }
}
