// expect: Integer 0x7A
// The last character of a string, by SizeOf and Index (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STRINGLA", 1)
{
    Name (STR, "xyz")

    Method (MAIN, 0)
    {
        Return (DerefOf (STR[SizeOf (STR) - 1]))
    }
}
