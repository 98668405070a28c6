// expect: Integer 0x5
// Both targets of Divide may be absent (ACPI 6.5, 20.2.5.4, DefDivide).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHDIV", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 16
        Local1 = 3
        Return (Divide (Local0, Local1, , ))
    }
}
