// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEINTE", 1)
{
    Name (OBJ0, 1)
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
