// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN)
    {
        Local0 = ""
        Return (Local0 + 1)
    }
}
