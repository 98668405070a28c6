// expect: Integer 0xABCDE11223344
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDDWO", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, DWordAcc, NoLock, Preserve) { F000, 32, F001, 20 }
    Method (MAIN) {
      F000 = 0x11223344
      F001 = 0xABCDE
      Return (F000 + (F001 << 32))
    }
}
