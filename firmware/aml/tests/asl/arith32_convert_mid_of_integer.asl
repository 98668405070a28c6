// expect: Buffer [34 12 00]
// Mid takes a 32-bit integer as a buffer of four bytes (ACPI 6.5, 19.6, Mid).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32C", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0x123456
        Return (Mid (Local0, 1, 8))
    }
}
