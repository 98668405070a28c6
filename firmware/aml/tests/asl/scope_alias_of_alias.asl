// expect: Integer 0x8
// An alias may name another alias (ACPI 6.5, 19.6, Alias).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Name (NUM0, 1)
    Alias (NUM0, NUM1)
    Alias (NUM1, NUM2)

    Method (MAIN, 0)
    {
        NUM2 = 8
        Return (NUM0)
    }
}
