// expect: Error DivideByZero
// A divisor that converts to zero is zero (ACPI 6.5, 19.6, Divide).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHDIV", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 5
        Local1 = "0"
        Return (Local0 / Local1)
    }
}
