// expect: String "00000099"
// A named string takes eight digits of an integer in a table of revision 1 (ACPI 6.5, 19.3.5, Integer to String).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32S", 1)
{
    Name (STR, "text")

    Method (MAIN, 0)
    {
        Store (0x99, STR)
        Return (STR)
    }
}
