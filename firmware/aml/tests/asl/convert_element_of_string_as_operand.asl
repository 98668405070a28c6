// expect: Integer 0x64
// An element of a string is an integer as operand (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (STR0, "abc")

    Method (MAIN, 0)
    {
        Return (DerefOf (STR0[2]) + 1)
    }
}
