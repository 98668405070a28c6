// expect: Buffer [61 07 62 22 5C 41 00]
// Escape sequences of a string constant (ACPI 6.5, 19.2.4).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STRINGES", 1)
{
    Name (STR, "a\ab\"\\\x41")

    Method (MAIN, 0)
    {
        Return (ToBuffer (STR))
    }
}
