// expect: Integer 0x2B
// An AccessAs with an attribute that the space does not use changes nothing else (ACPI 6.5, 20.2.5.2,
// ExtendedAccessField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDACC", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        AccessAs (ByteAcc, AttribBytes (4)),
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x2B
        Return (FLD0)
    }
}
