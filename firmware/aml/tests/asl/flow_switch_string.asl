// expect: Integer 0x2
// A Switch over strings (ACPI 6.5, 19.6, Switch).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWSWIT", 1)
{
    Method (SIDE, 1, Serialized)
    {
        Switch (ToString (Arg0))
        {
            Case ("left")
            {
                Return (1)
            }
            Case ("right")
            {
                Return (2)
            }
        }
        Return (0)
    }

    Method (MAIN, 0)
    {
        Return (SIDE ("right"))
    }
}
