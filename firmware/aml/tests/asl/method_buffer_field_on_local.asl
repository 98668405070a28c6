// expect: Buffer [00 00 44 33 22 11 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODBU", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer (8) { }
        CreateDWordField (Local0, 2, F000)
        F000 = 0x11223344
        Return (Local0)
    }
}
