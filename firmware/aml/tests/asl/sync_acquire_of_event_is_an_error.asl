// expect: Error OperandType
// Acquire takes a mutex (ACPI 6.5, 19.6, Acquire).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCACQU", 1)
{
    Name (NUM0, 1)
    Method (LCK0, 1)
    {
        Local0 = Acquire (Arg0, 0)
        Return (Local0)
    }

    Method (MAIN, 0)
    {
        Return (LCK0 (NUM0))
    }
}
