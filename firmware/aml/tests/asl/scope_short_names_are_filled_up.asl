// expect: Integer 0x7
// A shorter name is filled up with underscores, and the same as the full one (ACPI 6.5, 20.2.2, NameSeg).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPESHO", 1)
{
    Name (A, 7)

    Method (MAIN, 0)
    {
        Return (A___)
    }
}
