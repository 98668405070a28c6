// expect: Error OperandType
// A device cannot be incremented (ACPI 6.5, 19.6, Increment).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHINC", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
    }
    Method (INCR, 1)
    {
        Increment (Arg0)
        Return (Arg0)
    }

    Method (MAIN, 0)
    {
        Return (INCR (DEV0))
    }
}
