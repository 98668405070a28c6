// expect: Integer 0xF00F0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHAND", 1)
{
    Method (MAIN)
    {
        Local0 = 0xFF00FF
        Return (Local0 & 0x0FF0F0)
    }
}
