// expect: Integer 0x4
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEPACK", 1)
{
    Name (OBJ0, Package () { 1 })
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
