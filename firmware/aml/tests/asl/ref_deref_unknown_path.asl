// expect: Error PathNotFound
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Method (MAIN)
    {
        Local0 = "\\NONE"
        Return (DerefOf (Local0))
    }
}
