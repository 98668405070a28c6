// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONDREFO", 1)
{
    Method (MAIN)
    {
        Return (CondRefOf (Local0))
    }
}
