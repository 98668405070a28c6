// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICBUF", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer (8) { 1, 2 }
        Return (Local0 == 0x0201)
    }
}
