// expect: Integer 0xE
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEBUFF", 1)
{
    Name (BUF0, Buffer (4) { })
    CreateByteField (BUF0, 0, OBJ0)
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
