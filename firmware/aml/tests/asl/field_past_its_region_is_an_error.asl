// expect: Error FieldBounds
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDPAS", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 2)
    Field (REG0, ByteAcc, NoLock, Preserve) { , 16, F000, 8 }
    Method (MAIN) { Return (F000) }
}
