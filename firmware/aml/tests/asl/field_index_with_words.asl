// expect: Integer 0x41234
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDIND", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, WordAcc, NoLock, Preserve) { IDX0, 16, DAT0, 16 }
    IndexField (IDX0, DAT0, WordAcc, NoLock, Preserve) { , 32, F000, 16 }
    Method (MAIN) {
      F000 = 0x1234
      Return ((IDX0 << 16) + DAT0)
    }
}
