// expect: Integer 0x15
// A callee returns a reference to a named object; the caller reads through it (ACPI 6.5, 19.6, RefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Name (NUM, 0x15)
    Method (GETR, 0)
    {
        Return (RefOf (NUM))
    }

    Method (MAIN, 0)
    {
        Local0 = GETR ()
        Return (DerefOf (Local0))
    }
}
