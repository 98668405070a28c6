// expect: Integer 0x7
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDWIT", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 4)
    Field (REG0, ByteAcc, Lock, Preserve) { F000, 8 }
    Method (MAIN) {
      F000 = 7
      Return (F000)
    }
}
