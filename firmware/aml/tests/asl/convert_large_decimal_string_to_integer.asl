// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTL", 1)
{
    Method (MAIN)
    {
        Local0 = "18446744073709551615"
        Return (ToInteger (Local0))
    }
}
