// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCSLEE", 1)
{
    Method (MAIN)
    {
        Sleep (1)
        Stall (10)
        Return (1)
    }
}
