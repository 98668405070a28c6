// expect: Integer 0xFFFFFFFF
// Decrement of zero gives 32 ones in a table of revision 1 (ACPI 6.5, 19.6, Decrement).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32D", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Zero
        Local0--
        Return (Local0)
    }
}
