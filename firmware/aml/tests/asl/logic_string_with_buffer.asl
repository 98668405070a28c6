// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICSTR", 1)
{
    Method (MAIN)
    {
        Local0 = "01 02"
        Return (Local0 == Buffer () { 1, 2 })
    }
}
