// expect: Integer 0x55
// A field across the border of two accesses of a dword (ACPI 6.5, 19.6, Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDUNA", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, DWordAcc, NoLock, Preserve)
    {
        , 29,
        MIDL, 7
    }
    Field (REG0, DWordAcc, NoLock, Preserve)
    {
        LOW, 32,
        HIGH, 32
    }

    Method (MAIN, 0)
    {
        MIDL = 0x55
        Return (((HIGH << 3) | (LOW >> 29)))
    }
}
