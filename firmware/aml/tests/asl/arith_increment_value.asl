// expect: Integer 0x8
// Increment's value is the incremented one (ACPI 6.5, 20.2.5.4, DefIncrement).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHINC", 1)
{
    Name (VAL, 7)

    Method (MAIN, 0)
    {
        Return (Increment (VAL))
    }
}
