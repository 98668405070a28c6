// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICEQU", 1)
{
    Method (MAIN)
    {
        Local0 = "abc"
        Return (Local0 == "abc")
    }
}
