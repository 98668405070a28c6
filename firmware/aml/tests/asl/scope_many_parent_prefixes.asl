// expect: Integer 0x3
// Every caret goes up by one scope, beginning with the method's own (ACPI 6.5, 5.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEMAN", 1)
{
    Name (NUM, 3)
    Device (DEV0)
    {
        Name (_ADR, 0)
        Name (NUM, 2)
        Device (DEV1)
        {
            Name (_ADR, 0)
            Name (NUM, 1)
            Method (GETN, 0)
            {
                Return (^^^NUM)
            }
        }
    }

    Method (MAIN, 0)
    {
        Return (\DEV0.DEV1.GETN ())
    }
}
