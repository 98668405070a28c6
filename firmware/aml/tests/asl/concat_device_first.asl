// expect: String "[Device Object]x"
// The result is a string if the first operand is no data object (ACPI 6.5, 19.6, Concatenate).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATDE", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
    }

    Method (MAIN, 0)
    {
        Local0 = "x"
        Return (Concatenate (DEV0, Local0))
    }
}
