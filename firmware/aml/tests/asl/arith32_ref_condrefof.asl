// expect: Integer 0xFFFFFFFF
// CondRefOf's true has 32 bits in a table of revision 1 (ACPI 6.5, 19.6, CondRefOf).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32R", 1)
{
    Name (NUM0, 1)

    Method (MAIN, 0)
    {
        Return (CondRefOf (NUM0))
    }
}
