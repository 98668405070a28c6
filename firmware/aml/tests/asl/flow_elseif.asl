// expect: String "two"
// ElseIf chains conditions (ACPI 6.5, 19.6, ElseIf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWELSE", 1)
{
    Method (WORD, 1)
    {
        If (Arg0 == 1)
        {
            Return ("one")
        }
        ElseIf (Arg0 == 2)
        {
            Return ("two")
        }
        Else
        {
            Return ("many")
        }
    }

    Method (MAIN, 0)
    {
        Return (WORD (2))
    }
}
