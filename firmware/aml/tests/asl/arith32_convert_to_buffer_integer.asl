// expect: Buffer [78 56 34 12]
// ToBuffer of an integer gives four bytes in a table of revision 1 (ACPI 6.5, 19.6, ToBuffer).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32C", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0x12345678
        Return (ToBuffer (Local0))
    }
}
