// expect: Buffer [33 22 11 00 55 44 77 66 88 99 AA BB CC DD EE FF]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFR", 1)
{
    Method (MAIN)
    {
        Local0 = ToUUID ("00112233-4455-6677-8899-aabbccddeeff")
        Return (Local0)
    }
}
