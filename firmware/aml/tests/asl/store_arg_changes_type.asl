// expect: String "text"
// Store to an argument that holds a value replaces it without conversion (ACPI 6.5, 19.3.5, storing to ArgX).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREARG", 1)
{
    Method (SET, 1)
    {
        Arg0 = "text"
        Return (Arg0)
    }

    Method (MAIN, 0)
    {
        Return (SET (5))
    }
}
