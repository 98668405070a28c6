// expect: Integer 0x6261
// Into a field go the bytes of the buffer, lowest first, and zeros behind them (ACPI 6.5, 19.3.5.7, buffer to field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { FLD0, 32 }
    Method (MAIN)
    {
        Local0 = "ab"
        ToBuffer (Local0, FLD0)
        Return (FLD0)
    }
}
