// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBAN", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { BNK0, 8 }
    Name (N000, 5)
    BankField (REG0, BNK0, N000, ByteAcc, NoLock, Preserve) { Offset (4), F000, 8 }
    Method (MAIN) {
      Local0 = F000
      Return (BNK0)
    }
}
