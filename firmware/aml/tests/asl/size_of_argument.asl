// expect: Integer 0x5
// SizeOf of an argument (ACPI 6.5, 19.6, SizeOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFAR", 1)
{
    Method (LEN, 1)
    {
        Return (SizeOf (Arg0))
    }

    Method (MAIN, 0)
    {
        Return (LEN ("hello"))
    }
}
