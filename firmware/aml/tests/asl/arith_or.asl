// expect: Integer 0xFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHOR", 1)
{
    Method (MAIN)
    {
        Local0 = 0xF0
        Return (Local0 | 0x0F)
    }
}
