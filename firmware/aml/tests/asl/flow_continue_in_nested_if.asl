// expect: Integer 0x3
// Continue in nested conditions means the loop around them (ACPI 6.5, 19.6, Continue).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWCONT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0
        Local1 = 0
        While (Local0 < 6)
        {
            Local0++
            If (Local0 > 1)
            {
                If (Local0 < 5)
                {
                    Continue
                }
            }
            Local1++
        }
        Return (Local1)
    }
}
