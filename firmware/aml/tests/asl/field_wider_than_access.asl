// expect: Integer 0x55667788
// A field of several accesses is read and written piece by piece (ACPI 6.5, 19.6, Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDWID", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 32
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x55667788
        Return (FLD0)
    }
}
