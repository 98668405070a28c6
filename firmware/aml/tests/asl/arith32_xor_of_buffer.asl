// expect: Integer 0xFBFCFDFE
// A buffer of eight bytes is a 32-bit operand in a table of revision 1 (ACPI 6.5, 19.3.5, Buffer to Integer).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32X", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Local1 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8 }
        Return (Local0 ^ Local1)
    }
}
