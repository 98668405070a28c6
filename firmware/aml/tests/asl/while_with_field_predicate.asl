// expect: Integer 0xA
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "WHILEWIT", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 4)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 8 }
    Method (MAIN) {
      F000 = 10
      Local0 = 0
      While (F000) {
        F000--
        Local0++
      }
      Return (Local0)
    }
}
