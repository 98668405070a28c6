// expect: Integer 0x1999999999999999
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN)
    {
        Local0 = "18446744073709551616"
        Return (ToInteger (Local0))
    }
}
