// expect: Error Uninitialized
// A local without value is no operand (ACPI 6.5, 19.6, Localx).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHADD", 1)
{
    Method (MAIN, 0)
    {
        Local1 = 1
        If (Local1 == 2)
        {
            Local0 = 1
        }
        Return (Add (Local0, Local1))
    }
}
