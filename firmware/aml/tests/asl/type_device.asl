// expect: Integer 0x6
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEDEVI", 1)
{
    Device (OBJ0) { }
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
