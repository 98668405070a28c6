// expect: Integer 0x442
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDIND", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 4)
    Field (REG0, ByteAcc, NoLock, Preserve) { IDX0, 8, DAT0, 8 }
    IndexField (IDX0, DAT0, ByteAcc, NoLock, Preserve) { , 24, F000, 8, F001, 8 }
    Method (MAIN) {
      F001 = 0x42
      Return ((IDX0 << 8) + DAT0)
    }
}
