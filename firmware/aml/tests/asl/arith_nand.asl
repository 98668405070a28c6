// expect: Integer 0xFFFFFFFFFFFFFFF0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHNAN", 1)
{
    Method (MAIN)
    {
        Local0 = 0xFF
        Return (NAnd (Local0, 0x0F))
    }
}
