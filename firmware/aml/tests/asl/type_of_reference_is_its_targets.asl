// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFRE", 1)
{
    Name (OBJ0, "a")
    Method (MAIN) {
      Local0 = RefOf (OBJ0)
      Return (ObjectType (Local0))
    }
}
