// expect: Integer 0x123456789ABCDEF0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN)
    {
        Local0 = "123456789ABCDEF01"
        Return (Local0 + 0)
    }
}
