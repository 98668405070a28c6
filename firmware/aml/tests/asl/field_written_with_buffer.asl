// expect: Integer 0x201
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDWRI", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 16 }
    Method (MAIN) {
      F000 = Buffer () { 1, 2, 3 }
      Return (F000)
    }
}
