// expect: Error AlreadyExists(TMP0)
// The second turn of a loop cannot declare the name again (ACPI 6.5, 19.6, Name).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPENAM", 1)
{
    Method (MAIN, 0, Serialized)
    {
        Local0 = 0
        While (Local0 < 2)
        {
            Name (TMP0, 5)
            Local0++
        }
        Return (Local0)
    }
}
