// expect: Integer 0x3234
// Into a field go the bytes of the string, lowest first, and zeros behind them (ACPI 6.5, 19.3.5.7, string to field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (BUF0, Buffer (4) { 0xFF, 0xFF, 0xFF, 0xFF })
    CreateDWordField (BUF0, 0, FLD0)
    Method (MAIN)
    {
        Local0 = 42
        ToDecimalString (Local0, FLD0)
        Return (FLD0)
    }
}
