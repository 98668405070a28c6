// expect: Integer 0xFFFFFFF123456FFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDWOR", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { ALL0, 64 }
    Field (REG0, WordAcc, NoLock, Preserve) { , 12, F000, 24 }
    Method (MAIN) {
      ALL0 = Ones
      F000 = 0x123456
      Return (ALL0)
    }
}
