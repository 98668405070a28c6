// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCGLOB", 1)
{
    Method (MAIN)
    {
        Local0 = Acquire (\_GL, 0xFFFF)
        Release (\_GL)
        Return (Local0)
    }
}
