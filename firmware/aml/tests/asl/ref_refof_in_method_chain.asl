// expect: Integer 0x77
// A reference that goes through two calls still refers to the first caller's local (ACPI 6.5, 19.3.5, storing to
// ArgX).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFREFOF", 1)
{
    Method (OUT2, 1)
    {
        Arg0 = 0x77
    }
    Method (OUT1, 1)
    {
        OUT2 (Arg0)
    }

    Method (MAIN, 0)
    {
        Local0 = 1
        OUT1 (RefOf (Local0))
        Return (Local0)
    }
}
