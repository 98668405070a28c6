// expect: Integer 0x3
// Reading selects the bank, too (ACPI 6.5, 19.6, BankField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBAN", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        BNK, 8
    }
    BankField (REG0, BNK, 3, ByteAcc, NoLock, Preserve)
    {
        Offset (4),
        FLD3, 8
    }

    Method (MAIN, 0)
    {
        BNK = 9
        Local0 = FLD3
        Return (BNK + Local0)
    }
}
