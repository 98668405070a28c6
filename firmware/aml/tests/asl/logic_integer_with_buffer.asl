// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICINT", 1)
{
    Method (MAIN)
    {
        Local0 = 0x0201
        Return (Local0 == Buffer () { 1, 2 })
    }
}
