// expect: Integer 0xFFFFFFFFFFFFFFFF
// A field as first operand is an integer, and the string becomes one (ACPI 6.5, 19.6, LEqual).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTF", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x1F
        Local0 = "1F"
        Return (FLD0 == Local0)
    }
}
