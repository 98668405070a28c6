// expect: Integer 0xC
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEPROC", 1)
{
    Processor (OBJ0, 1, 0, 0) { }
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
