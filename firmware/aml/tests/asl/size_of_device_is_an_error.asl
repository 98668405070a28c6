// expect: Error OperandType
// SizeOf takes integers, strings, buffers and packages (ACPI 6.5, 19.6, SizeOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFDE", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
    }
    Method (LEN, 1)
    {
        Return (SizeOf (Arg0))
    }

    Method (MAIN, 0)
    {
        Return (LEN (RefOf (DEV0)))
    }
}
