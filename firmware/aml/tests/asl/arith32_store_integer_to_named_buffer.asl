// expect: Buffer [78 56 34 12 00 00]
// A 32-bit integer fills four bytes of a named buffer (ACPI 6.5, 19.3.5, Integer to Buffer).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32S", 1)
{
    Name (BUF0, Buffer () { 9, 9, 9, 9, 9, 9 })

    Method (MAIN, 0)
    {
        BUF0 = 0x12345678
        Return (BUF0)
    }
}
