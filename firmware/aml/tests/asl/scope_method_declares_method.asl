// expect: Integer 0x9
// A method may declare another one, which goes when the first returns (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEMET", 1)
{
    Method (OUTR, 1, Serialized)
    {
        Method (INNR, 1)
        {
            Return (Arg0 + 1)
        }
        Return (INNR (Arg0) + INNR (Arg0))
    }

    Method (MAIN, 0)
    {
        OUTR (1)
        Return (OUTR (3) + 1)
    }
}
