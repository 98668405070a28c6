// expect: Integer 0x7
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEEVEN", 1)
{
    Event (OBJ0)
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
