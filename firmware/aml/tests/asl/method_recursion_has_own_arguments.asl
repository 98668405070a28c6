// expect: String "321"
// Every level of a recursion has arguments of its own (ACPI 6.5, 19.6, Argx).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Method (DOWN, 1)
    {
        If (Arg0 == 0)
        {
            Return ("")
        }
        Local0 = ToDecimalString (Arg0)
        Local1 = DOWN (Arg0 - 1)
        Return (Concatenate (Local0, Local1))
    }

    Method (MAIN, 0)
    {
        Return (DOWN (3))
    }
}
