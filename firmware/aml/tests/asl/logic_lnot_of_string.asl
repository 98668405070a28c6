// expect: Integer 0x0
// The operand of a logical operator is converted to an integer (ACPI 6.5, 19.3.5, implicit source operand
// conversion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICLNO", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "10"
        Return (!Local0)
    }
}
