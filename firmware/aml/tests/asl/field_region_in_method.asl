// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDREG", 1)
{
    Method (M000, 1) {
      OperationRegion (REG0, SystemMemory, Arg0, 4)
      Field (REG0, ByteAcc, NoLock, Preserve) { F000, 8 }
      F000++
      Return (F000)
    }
    Method (MAIN) {
      M000 (0x1000)
      Return (M000 (0x1000))
    }
}
