// expect: String "a"
// A shorter string leaves nothing of the old one (ACPI 6.5, 19.3.5, rules for storing and copying objects).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORESTR", 1)
{
    Name (STR, "text")

    Method (MAIN, 0)
    {
        Store ("a", STR)
        Return (STR)
    }
}
