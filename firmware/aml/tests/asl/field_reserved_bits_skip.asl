// expect: Integer 0xC0
// A field without a name reserves bits (ACPI 6.5, 19.6, Field; 20.2.5.2, ReservedField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDRES", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        , 6,
        TWO, 2
    }
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        ALL, 8
    }

    Method (MAIN, 0)
    {
        TWO = 3
        Return (ALL)
    }
}
