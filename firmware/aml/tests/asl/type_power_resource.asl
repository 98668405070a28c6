// expect: Integer 0xB
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEPOWE", 1)
{
    PowerResource (OBJ0, 0, 0) { }
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
