// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEFIEL", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 4)
    Field (REG0, ByteAcc, NoLock, Preserve) { OBJ0, 8 }
    Method (MAIN) { Return (ObjectType (OBJ0)) }
}
