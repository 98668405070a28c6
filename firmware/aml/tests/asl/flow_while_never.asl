// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWWHIL", 1)
{
    Method (MAIN)
    {
        While (0) { Return (1) }
        Return (2)
    }
}
