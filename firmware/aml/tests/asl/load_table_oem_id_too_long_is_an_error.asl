// expect: Error OperandValue
// More than six characters are a run-time error (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Return (LoadTable ("OEM1", "HOTVCP7", "", "", "", 0))
    }
}
