// expect: Integer 0xFFFFFFFFFFFFFF00
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHNOR", 1)
{
    Method (MAIN)
    {
        Local0 = 0xF0
        Return (NOr (Local0, 0x0F))
    }
}
