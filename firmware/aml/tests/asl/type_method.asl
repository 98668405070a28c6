// expect: Integer 0x8
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEMETH", 1)
{
    Method (OBJ0) { }
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
