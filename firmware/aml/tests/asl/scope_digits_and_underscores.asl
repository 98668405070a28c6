// expect: Integer 0x6
// Digits and underscores may follow the first character (ACPI 6.5, 20.2.2, NameSeg).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEDIG", 1)
{
    Name (B_00, 1)
    Name (A123, 2)
    Name (CZ_9, 3)

    Method (MAIN, 0)
    {
        Return (B_00 + A123 + CZ_9)
    }
}
