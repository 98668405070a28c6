// expect: Integer 0x5
// The update rule applies to the whole access: with WordAcc sixteen bits are written (ACPI 6.5, 19.6, Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDUPD", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, WordAcc, NoLock, WriteAsZeros)
    {
        LOW, 4
    }
    Field (REG0, WordAcc, NoLock, Preserve)
    {
        ALL, 16
    }

    Method (MAIN, 0)
    {
        ALL = 0xFFFF
        LOW = 5
        Return (ALL)
    }
}
