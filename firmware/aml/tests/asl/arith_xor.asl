// expect: Integer 0xF0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHXOR", 1)
{
    Method (MAIN)
    {
        Local0 = 0xFF
        Return (Local0 ^ 0x0F)
    }
}
