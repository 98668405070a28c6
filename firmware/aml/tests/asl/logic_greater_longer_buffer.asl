// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICGRE", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1, 2, 0 }
        Return (Local0 > Buffer () { 1, 2 })
    }
}
