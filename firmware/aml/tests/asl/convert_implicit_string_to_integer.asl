// expect: Integer 0x13
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN)
    {
        Local0 = "12"
        Return (Local0 + 1)
    }
}
