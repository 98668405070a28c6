// expect: Integer 0x12
// After a Case the method goes on behind the Switch: there is no fall through (ACPI 6.5, 19.6, Case).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWSWIT", 1)
{
    Method (MAIN, 0, Serialized)
    {
        Local0 = 1
        Local1 = 0
        Switch (ToInteger (Local0))
        {
            Case (1)
            {
                Local1 += 2
            }
            Case (2)
            {
                Local1 += 4
            }
        }
        Return (Local1 + 0x10)
    }
}
