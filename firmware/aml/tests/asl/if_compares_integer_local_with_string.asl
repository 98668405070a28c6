// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "IFCOMPAR", 1)
{
    Method (MAIN)
    {
        Local0 = 0x31
        If (Local0 == "31") { Return (1) }
        Return (0)
    }
}
