// expect: Integer 0x0
// Return without argument returns zero, as iasl compiles it (ACPI 6.5, 19.6, Return).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Method (MAIN, 0)
    {
        Return ()
    }
}
