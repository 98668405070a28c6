// expect: Integer 0x10
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEDEBU", 1)
{
    Method (MAIN)
    {
        Return (ObjectType (Debug))
    }
}
