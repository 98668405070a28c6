// expect: Integer 0xE
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFBU", 1)
{
    Name (BUF0, Buffer (4) { })
    Method (MAIN) { Return (ObjectType (BUF0 [1])) }
}
