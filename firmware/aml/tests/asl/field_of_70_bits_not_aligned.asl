// expect: Buffer [11 22 33 44 55 66 77 88 3F]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDOF7", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, ByteAcc, NoLock, Preserve) { , 3, F000, 70 }
    Method (MAIN) {
      F000 = Buffer () { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xFF }
      Return (F000)
    }
}
