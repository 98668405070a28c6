// expect: Integer 0x9
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEMUTE", 1)
{
    Mutex (OBJ0, 0)
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
