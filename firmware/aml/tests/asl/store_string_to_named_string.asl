// expect: String "longer than before"
// A named string takes the length of what is stored (ACPI 6.5, 19.3.5, rules for storing and copying objects).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORESTR", 1)
{
    Name (STR, "text")

    Method (MAIN, 0)
    {
        Store ("longer than before", STR)
        Return (STR)
    }
}
