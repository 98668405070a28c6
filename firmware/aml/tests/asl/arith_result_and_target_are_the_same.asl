// expect: Integer 0x64
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHRES", 1)
{
    Method (MAIN)
    {
        Local0 = 5
        Local1 = (Local0 * 4)
        Multiply (Local1, Local0, Local1)
        Return (Local1)
    }
}
