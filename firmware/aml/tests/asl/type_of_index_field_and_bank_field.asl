// expect: Integer 0x55
// Fields of an IndexField and of a BankField are field units (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFIN", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        IDX0, 8,
        DAT0, 8
    }
    IndexField (IDX0, DAT0, ByteAcc, NoLock, Preserve)
    {
        FLDI, 8
    }
    BankField (REG0, IDX0, 1, ByteAcc, NoLock, Preserve)
    {
        Offset (4),
        FLDB, 8
    }

    Method (MAIN, 0)
    {
        Return ((ObjectType (FLDI) << 4) | ObjectType (FLDB))
    }
}
