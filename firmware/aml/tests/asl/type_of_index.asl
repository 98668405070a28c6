// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFIN", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, "a" }
        Return (ObjectType (Local0 [1]))
    }
}
