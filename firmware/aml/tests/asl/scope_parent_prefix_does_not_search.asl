// expect: Error NotFound(NUM_)
// A name with a caret is not searched upward (ACPI 6.5, 5.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEPAR", 1)
{
    Name (NUM, 0)
    Device (DEV0)
    {
        Name (_ADR, 0)
        If (NUM)
        {
            Name (NUM, 1)
        }
        Method (GETN, 0, Serialized)
        {
            Name (NUM, 2)
            Return (^NUM)
        }
    }

    Method (MAIN, 0)
    {
        Return (\DEV0.GETN ())
    }
}
