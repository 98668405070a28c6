// expect: Integer 0xFFFFFFFFFFFFFF00
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHNOT", 1)
{
    Method (MAIN)
    {
        Local0 = 0xFF
        Return (~Local0)
    }
}
