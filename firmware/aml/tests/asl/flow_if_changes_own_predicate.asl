// expect: Integer 0x1
// Else belongs to the decision that was made, not to the predicate's later value (ACPI 6.5, 19.6, If).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWIFCH", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 1
        Local1 = 0
        If (Local0)
        {
            Local0 = 0
            Local1 += 1
        }
        Else
        {
            Local1 += 0x10
        }
        Return (Local1)
    }
}
