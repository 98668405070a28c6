// expect: Integer 0x3
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEBUFF", 1)
{
    Name (OBJ0, Buffer () { 1 })
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
