// expect: Integer 0x14
// Return inside a callee's loop leaves the callee only (ACPI 6.5, 19.6, Return).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Method (FIND, 1)
    {
        Local0 = 0
        While (One)
        {
            If (Local0 * Local0 >= Arg0)
            {
                Return (Local0)
            }
            Local0++
        }
        Return (Ones)
    }

    Method (MAIN, 0)
    {
        Local1 = 0
        Local2 = 0
        While (Local1 < 4)
        {
            Local2 += FIND (25)
            Local1++
        }
        Return (Local2)
    }
}
