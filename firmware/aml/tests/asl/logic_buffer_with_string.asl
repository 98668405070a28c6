// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICBUF", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 0x61, 0x62, 0 }
        Return (Local0 == "ab")
    }
}
