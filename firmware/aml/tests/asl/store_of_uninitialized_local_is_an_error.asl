// expect: Error Uninitialized
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREOFU", 1)
{
    Method (MAIN)
    {
        Local0 = Local1
        Return (Local0)
    }
}
