// expect: Integer 0xFFFFFFFFFFFFFFFF
// FromBCD undoes ToBCD (ACPI 6.5, 19.6, FromBCD and ToBCD).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHFRO", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 31415926
        Return (FromBCD (ToBCD (Local0)) == Local0)
    }
}
