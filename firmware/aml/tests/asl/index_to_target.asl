// expect: Integer 0x8
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXTOT", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 7, 8 }
        Index (Local0, 1, Local1)
        Return (DerefOf (Local1))
    }
}
