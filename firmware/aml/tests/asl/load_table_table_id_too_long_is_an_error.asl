// expect: Error OperandValue
// More than eight characters are a run-time error (ACPI 6.5, 19.6, LoadTable).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Return (LoadTable ("OEM1", "HOTVCP", "BODY56789", "", "", 0))
    }
}
