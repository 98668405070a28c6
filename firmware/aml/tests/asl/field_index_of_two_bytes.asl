// expect: Integer 0x312
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDIND", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 4)
    Field (REG0, ByteAcc, NoLock, Preserve) { IDX0, 8, DAT0, 8 }
    IndexField (IDX0, DAT0, ByteAcc, NoLock, WriteAsZeros) { , 16, F000, 16 }
    Method (MAIN) {
      F000 = 0x1234
      Return ((IDX0 << 8) + DAT0)
    }
}
