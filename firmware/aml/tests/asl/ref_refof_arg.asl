// expect: Integer 0x7
// RefOf takes an argument (ACPI 6.5, 19.6, RefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFREFOF", 1)
{
    Method (PASS, 1)
    {
        Local0 = RefOf (Arg0)
        Return (DerefOf (Local0))
    }

    Method (MAIN, 0)
    {
        Return (PASS (7))
    }
}
