// expect: Package [Integer 0x1, Integer 0xF3]
// Bits in a bank follow the update rule (ACPI 6.5, 19.6, BankField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBAN", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        BNK, 8,
        Offset (4),
        RAW, 8
    }
    BankField (REG0, BNK, 1, ByteAcc, NoLock, WriteAsOnes)
    {
        Offset (4),
        LOW, 4,
        HIGH, 4
    }

    Method (MAIN, 0)
    {
        LOW = 3
        Local0 = Package (2) {}
        Local0[0] = BNK
        Local0[1] = RAW
        Return (Local0)
    }
}
