// expect: Buffer [00 00 00 00 11 00 00 00 55 44 33 22 00 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDOFF", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 32)
    Field (REG0, ByteAcc, NoLock, Preserve) { Offset (4), F000, 8, AccessAs (DWordAcc, 0), Offset (8), F001, 32 }
    Field (REG0, ByteAcc, NoLock, Preserve) { ALL0, 128 }
    Method (MAIN) {
      F000 = 0x11
      F001 = 0x22334455
      Return (ALL0)
    }
}
