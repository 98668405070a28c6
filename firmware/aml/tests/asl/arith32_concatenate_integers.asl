// expect: Buffer [44 33 22 11 88 77 66 55]
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32C", 1)
{
    Method (MAIN)
    {
        Local0 = 0x11223344
        Return (Concatenate (Local0, 0x55667788))
    }
}
