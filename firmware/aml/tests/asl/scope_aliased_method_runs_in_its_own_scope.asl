// expect: Integer 0x2
// A method that is called by its alias runs where it was declared (ACPI 6.5, 19.6, Alias).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Name (NUM, 1)
    Device (DEV0)
    {
        Name (_ADR, 0)
        Name (NUM, 2)
        Method (GETN, 0)
        {
            Return (NUM)
        }
    }
    Alias (\DEV0.GETN, GETA)

    Method (MAIN, 0)
    {
        Return (GETA ())
    }
}
