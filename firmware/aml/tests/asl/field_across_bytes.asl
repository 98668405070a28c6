// expect: Integer 0xFFFAAABF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDACR", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { ALL0, 32 }
    Field (REG0, ByteAcc, NoLock, Preserve) { , 5, F000, 14 }
    Method (MAIN) {
      ALL0 = 0xFFFFFFFF
      F000 = 0x1555
      Return (ALL0)
    }
}
