// expect: Integer 0x5
// A name is looked for in the method's scope, then in its parents' (ACPI 6.5, 5.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEMET", 1)
{
    Name (NUM, 1)
    Device (DEV0)
    {
        Name (_ADR, 0)
        Name (NUM, 2)
        Method (GETN, 0, Serialized)
        {
            Name (NUM, 5)
            Return (NUM)
        }
    }

    Method (MAIN, 0)
    {
        Return (\DEV0.GETN ())
    }
}
