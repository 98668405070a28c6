// expect: Integer 0xD
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPETHER", 1)
{
    ThermalZone (OBJ0) { }
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
