// expect: Integer 0x3
// The sync level falls when a method returns, so that a lower one can be called next (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODSY", 1)
{
    Method (LOW, 0, Serialized, 1)
    {
        Return (1)
    }
    Method (HIGH, 0, Serialized, 9)
    {
        Return (2)
    }

    Method (MAIN, 0)
    {
        Local0 = HIGH ()
        Return (Local0 + LOW ())
    }
}
