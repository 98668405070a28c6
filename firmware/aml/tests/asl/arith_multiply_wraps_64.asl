// expect: Integer 0xFFFFFFFE00000001
// A product that just fits into 64 bits is exact (ACPI 6.5, 19.6, Multiply).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHMUL", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0xFFFFFFFF
        Return (Local0 * Local0)
    }
}
