// expect: Integer 0xFF55AAFFFF
// A field across the border of two accesses of a word (ACPI 6.5, 19.6, Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDUNA", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, WordAcc, NoLock, Preserve)
    {
        , 16,
        MIDL, 16
    }
    Field (REG0, WordAcc, NoLock, Preserve)
    {
        ALL, 40
    }

    Method (MAIN, 0)
    {
        ALL = Ones
        MIDL = 0x55AA
        Return (ALL)
    }
}
