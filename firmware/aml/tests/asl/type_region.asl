// expect: Integer 0xA
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEREGI", 1)
{
    OperationRegion (OBJ0, SystemMemory, 0x1000, 4)
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
