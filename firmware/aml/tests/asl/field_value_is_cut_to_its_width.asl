// expect: Integer 0x5F
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDVAL", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 4, F001, 4 }
    Method (MAIN) {
      F001 = 5
      F000 = 0xFF
      Return ((F001 << 4) + F000)
    }
}
