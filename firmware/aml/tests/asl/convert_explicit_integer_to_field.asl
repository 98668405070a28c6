// expect: Integer 0xF
// A field takes the lowest bits (ACPI 6.5, 19.3.5.7, integer to field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { FLD0, 4 }
    Method (MAIN)
    {
        Local0 = "0x1F"
        ToInteger (Local0, FLD0)
        Return (FLD0)
    }
}
