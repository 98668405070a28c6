// expect: Error Uninitialized
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "IFWITHUN", 1)
{
    Method (MAIN)
    {
        If (Local0 == 1) { Return (1) }
        Return (0)
    }
}
