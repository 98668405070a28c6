// expect: Integer 0x33
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDTWO", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 4)
    OperationRegion (REG1, SystemMemory, 0x1000, 4)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 32 }
    Field (REG1, ByteAcc, NoLock, Preserve) { , 8, F001, 8 }
    Method (MAIN) {
      F000 = 0x11223344
      Return (F001)
    }
}
