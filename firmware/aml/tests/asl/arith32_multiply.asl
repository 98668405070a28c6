// expect: Integer 0xFFFD0002
// With 32-bit integers the product is exact up to 32 bits (ACPI 6.5, 19.6, Multiply).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32M", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0xFFFF
        Local1 = 0xFFFE
        Return (Local0 * Local1)
    }
}
