// expect: Integer 0x1235
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 0x34, 0x12 }
        Return (Local0 + 1)
    }
}
