// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEUNIN", 1)
{
    Method (MAIN)
    {
        Return (ObjectType (Local0))
    }
}
