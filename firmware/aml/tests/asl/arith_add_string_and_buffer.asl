// expect: Integer 0x1033
// Operands of arithmetic are converted to integers (ACPI 6.5, 19.3.5, implicit source operand conversion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHADD", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "1000"
        Local1 = Buffer () { 0x33, 0x00 }
        Return (Local0 + Local1)
    }
}
