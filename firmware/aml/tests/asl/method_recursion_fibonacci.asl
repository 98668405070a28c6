// expect: Integer 0x37
// Two recursive calls in one expression (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Method (FIB, 1)
    {
        If (Arg0 < 2)
        {
            Return (Arg0)
        }
        Return (FIB (Arg0 - 1) + FIB (Arg0 - 2))
    }

    Method (MAIN, 0)
    {
        Return (FIB (10))
    }
}
