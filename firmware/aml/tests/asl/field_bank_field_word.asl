// expect: Package [Integer 0x2, Integer 0xCAFE]
// A BankField with accesses of a word (ACPI 6.5, 19.6, BankField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBAN", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, WordAcc, NoLock, Preserve)
    {
        BNK, 16
    }
    BankField (REG0, BNK, 2, WordAcc, NoLock, Preserve)
    {
        Offset (8),
        FLD2, 16
    }

    Method (MAIN, 0)
    {
        FLD2 = 0xCAFE
        Local0 = Package (2) {}
        Local0[0] = BNK
        Local0[1] = FLD2
        Return (Local0)
    }
}
