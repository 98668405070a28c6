// expect: Integer 0x6261
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDWRI", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 32 }
    Method (MAIN) {
      F000 = "ab"
      Return (F000)
    }
}
