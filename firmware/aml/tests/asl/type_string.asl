// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPESTRI", 1)
{
    Name (OBJ0, "a")
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
