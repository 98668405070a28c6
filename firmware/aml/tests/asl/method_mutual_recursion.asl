// expect: String "even"
// Two methods that call each other; the second names the first by an alias (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODMU", 1)
{
    Method (EVNN, 1)
    {
        If (Arg0 == 0)
        {
            Return ("even")
        }
        Return (ODDN (Arg0 - 1))
    }
    Method (ODDN, 1)
    {
        If (Arg0 == 0)
        {
            Return ("odd")
        }
        Return (EVNA (Arg0 - 1))
    }
    Alias (EVNN, EVNA)

    Method (MAIN, 0)
    {
        Return (EVNN (8))
    }
}
