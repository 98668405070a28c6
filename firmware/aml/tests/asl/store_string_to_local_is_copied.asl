// expect: String "abc"
// A local takes a copy of a named string (ACPI 6.5, 19.3.5, rules for storing and copying objects).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORESTR", 1)
{
    Name (STR, "abc")

    Method (MAIN, 0)
    {
        Local0 = STR
        STR[0] = 0x7A
        Return (Local0)
    }
}
