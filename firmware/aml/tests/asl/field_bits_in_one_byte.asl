// expect: Integer 0x95
// Fields of single bits share a byte; a write leaves the neighbours with Preserve (ACPI 6.5, 19.6, Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDBIT", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        BIT0, 1,
        BIT1, 1,
        BIT2, 1,
        BIT3, 1,
        HIGH, 4
    }
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        ALL, 8
    }

    Method (MAIN, 0)
    {
        ALL = 0x8A
        BIT0 = 1
        BIT1 = 0
        BIT2 = 1
        BIT3 = 0
        HIGH = HIGH | 1
        Return (ALL)
    }
}
