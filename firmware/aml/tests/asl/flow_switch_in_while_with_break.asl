// expect: Integer 0x3
// A Switch inside a While: Break belongs to the Switch (ACPI 6.5, 19.6, Break and Switch).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWSWIT", 1)
{
    Method (MAIN, 0, Serialized)
    {
        Local0 = 0
        Local1 = 0
        While (Local0 < 3)
        {
            Local0++
            Switch (ToInteger (Local0))
            {
                Case (2)
                {
                    Break
                }
                Default
                {
                    Noop
                }
            }
            Local1++
        }
        Return (Local1)
    }
}
