// expect: Integer 0x20
// Thirty-two calls deep (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODDE", 1)
{
    Method (DEEP, 1)
    {
        If (Arg0 == 0)
        {
            Return (0)
        }
        Return (DEEP (Arg0 - 1) + 1)
    }

    Method (MAIN, 0)
    {
        Return (DEEP (32))
    }
}
