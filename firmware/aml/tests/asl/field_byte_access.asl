// expect: Integer 0x1234AB
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBYT", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 8, F001, 16, F002, 8 }
    Method (MAIN) {
      F001 = 0x1234
      F000 = 0xAB
      Return ((F001 << 8) + F000)
    }
}
