// expect: Integer 0x3
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NESTEDEX", 1)
{
    Method (MAIN)
    {
        Local0 = 3
        Return (((Local0 + 1) * (Local0 + 2) - (Local0 << 2)) ^ (Local0 | 8))
    }
}
