// expect: Error OperandValue
// No table has such a signature (ACPI 6.5, 5.2.6); the operand is wrong rather than the table absent.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (DEV0) { }
    Method (MAIN)
    {
        Return (LoadTable ("OEM", "", "", "", "", 0))
    }
}
