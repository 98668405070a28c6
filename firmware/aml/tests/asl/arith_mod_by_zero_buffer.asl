// expect: Error DivideByZero
// A buffer of zeros divides by zero (ACPI 6.5, 19.6, Mod).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHMOD", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 5
        Local1 = Buffer () { 0, 0 }
        Return (Local0 % Local1)
    }
}
