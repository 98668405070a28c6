// expect: Integer 0xEE
// The last byte of a region can be used (ACPI 6.5, 19.6, OperationRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDLAS", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        Offset (0x0F),
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0xEE
        Return (FLD0)
    }
}
