// expect: Integer 0x2B
// Increment works on an argument (ACPI 6.5, 20.2.5.4, DefIncrement takes a SuperName).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHINC", 1)
{
    Method (NEXT, 1)
    {
        Arg0++
        Return (Arg0)
    }

    Method (MAIN, 0)
    {
        Return (NEXT (0x2A))
    }
}
