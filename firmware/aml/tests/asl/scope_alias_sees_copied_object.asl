// expect: String "text"
// After CopyObject to the source the alias shows the new object (ACPI 6.5, 19.6, Alias and CopyObject).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Name (NUM0, 1)
    Alias (NUM0, NUM1)

    Method (MAIN, 0)
    {
        CopyObject ("text", NUM0)
        Return (NUM1)
    }
}
