// expect: Integer 0x2EB
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBIT", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 4)
    Field (REG0, ByteAcc, NoLock, Preserve) { ALL0, 8 }
    Field (REG0, ByteAcc, NoLock, Preserve) { , 2, F000, 3 }
    Method (MAIN) {
      ALL0 = 0xFF
      F000 = 0x2
      Return ((F000 << 8) + ALL0)
    }
}
