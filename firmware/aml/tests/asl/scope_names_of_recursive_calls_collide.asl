// expect: Error AlreadyExists(TMP0)
// A recursive call cannot declare a name that its caller has declared: both have one scope (ACPI 6.5, 5.3 and 19.6,
// Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPENAM", 1)
{
    Method (RECU, 1, Serialized)
    {
        Name (TMP0, 0)
        If (Arg0)
        {
            Return (RECA (Arg0 - 1))
        }
        Return (1)
    }
    Alias (RECU, RECA)

    Method (MAIN, 0)
    {
        Return (RECU (1))
    }
}
