// expect: Buffer [88 77 66 55 44 33 22 11]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN)
    {
        Local0 = 0x1122334455667788
        Return (ToBuffer (Local0))
    }
}
