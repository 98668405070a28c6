// expect: Integer 0x4
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFST", 1)
{
    Method (MAIN)
    {
        Local0 = "abcd"
        Return (SizeOf (Local0))
    }
}
