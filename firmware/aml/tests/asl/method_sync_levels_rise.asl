// expect: Integer 0x5
// A method of a higher sync level may be called (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODSY", 1)
{
    Method (LOW, 0, Serialized, 1)
    {
        Return (HIGH () + 1)
    }
    Method (HIGH, 0, Serialized, 2)
    {
        Return (4)
    }

    Method (MAIN, 0)
    {
        Return (LOW ())
    }
}
