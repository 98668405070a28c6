// expect: String ""
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATEM", 1)
{
    Method (MAIN)
    {
        Local0 = ""
        Return (Concatenate (Local0, ""))
    }
}
