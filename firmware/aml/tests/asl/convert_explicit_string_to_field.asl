// expect: Integer 0x3234
// Into a field go the bytes of the string, lowest first, and zeros behind them (ACPI 6.5, 19.3.5.7, string to field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 8)
    Field (REG0, ByteAcc, NoLock, Preserve) { FLD0, 32 }
    Method (MAIN)
    {
        Local0 = 42
        ToDecimalString (Local0, FLD0)
        Return (FLD0)
    }
}
