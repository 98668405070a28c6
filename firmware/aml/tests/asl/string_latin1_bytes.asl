// expect: Buffer [01 7F 00]
// Characters from 0x01 to 0x7F may stand in a string (ACPI 6.5, 20.2.3, AsciiChar).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STRINGLA", 1)
{
    Name (STR, "\x01\x7F")

    Method (MAIN, 0)
    {
        Return (ToBuffer (STR))
    }
}
