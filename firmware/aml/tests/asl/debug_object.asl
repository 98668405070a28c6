// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "DEBUGOBJ", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, "a" }
        Debug = Local0
        Return (1)
    }
}
