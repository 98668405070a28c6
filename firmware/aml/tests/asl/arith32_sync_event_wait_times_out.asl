// expect: Integer 0xFFFFFFFF
// True has 32 bits in a table of revision 1 (ACPI 6.5, 19.6, Wait).
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32S", 1)
{
    Event (EVT0)

    Method (MAIN, 0)
    {
        Return (Wait (EVT0, 10))
    }
}
