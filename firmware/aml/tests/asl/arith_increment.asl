// expect: Integer 0x2A
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHINC", 1)
{
    Method (MAIN)
    {
        Local0 = 41
        Local0++
        Return (Local0)
    }
}
