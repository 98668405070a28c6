// expect: Integer 0x6261
// Into a field go the bytes of the buffer, lowest first, and zeros behind them (ACPI 6.5, 19.3.5.7, buffer to field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (BUF0, Buffer (4) { 0xFF, 0xFF, 0xFF, 0xFF })
    CreateDWordField (BUF0, 0, FLD0)
    Method (MAIN)
    {
        Local0 = "ab"
        ToBuffer (Local0, FLD0)
        Return (FLD0)
    }
}
