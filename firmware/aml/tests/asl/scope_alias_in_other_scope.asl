// expect: Integer 0x6
// The alias may lie in another scope than its source (ACPI 6.5, 19.6, Alias).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Name (NUM0, 6)
    Device (DEV0)
    {
        Name (_ADR, 0)
        Alias (\NUM0, NUM1)
    }

    Method (MAIN, 0)
    {
        Return (\DEV0.NUM1)
    }
}
