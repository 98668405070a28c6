// expect: Buffer [02 01 00 00 00 00 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDWID", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 72 }
    Method (MAIN) {
      F000 = Buffer () { 9, 9, 9, 9, 9, 9, 9, 9, 9 }
      F000 = 0x0102
      Return (F000)
    }
}
