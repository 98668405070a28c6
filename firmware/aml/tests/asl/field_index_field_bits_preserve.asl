// expect: Integer 0x7C
// Bits of an IndexField: with Preserve the data is read before it is written (ACPI 6.5, 19.6, IndexField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDIND", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        IDX, 8,
        DAT, 8
    }
    IndexField (IDX, DAT, ByteAcc, NoLock, Preserve)
    {
        Offset (0x08),
        , 4,
        NIB, 4
    }

    Method (MAIN, 0)
    {
        DAT = 0xFC
        NIB = 7
        Return (DAT)
    }
}
