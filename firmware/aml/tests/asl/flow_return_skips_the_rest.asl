// expect: Integer 0x1
// Nothing runs after Return (ACPI 6.5, 19.6, Return).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWRETU", 1)
{
    Name (NUM, 1)
    Method (LEAV, 1)
    {
        If (Arg0)
        {
            Return (Zero)
        }
        NUM = 2
        Return (One)
    }

    Method (MAIN, 0)
    {
        LEAV (1)
        Return (NUM)
    }
}
