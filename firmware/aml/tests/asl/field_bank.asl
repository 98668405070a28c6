// expect: Integer 0x342
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBAN", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { BNK0, 8 }
    BankField (REG0, BNK0, 3, ByteAcc, NoLock, Preserve) { Offset (4), F000, 8 }
    Method (MAIN) {
      F000 = 0x42
      Return ((BNK0 << 8) + F000)
    }
}
