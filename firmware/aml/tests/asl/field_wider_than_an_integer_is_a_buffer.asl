// expect: Buffer [01 02 03 04 05 06 07 08 09]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDWID", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, ByteAcc, NoLock, Preserve) { F000, 72 }
    Method (MAIN) {
      F000 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 }
      Return (F000)
    }
}
