// expect: Integer 0x2
// A name of a method that ended in Break and Return is gone, and can be declared again (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPENAM", 1)
{
    Method (LEAV, 0, Serialized)
    {
        While (One)
        {
            Name (TMP0, 1)
            If (TMP0)
            {
                Return (TMP0)
            }
        }
        Return (0)
    }

    Method (MAIN, 0)
    {
        Return (LEAV () + LEAV ())
    }
}
