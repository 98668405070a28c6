// expect: Buffer [61 62 00]
// An explicit conversion's result is not converted again: the name takes its type (ACPI 6.5, 19.3.5.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (STR, "before")
    Method (MAIN)
    {
        Local0 = "ab"
        ToBuffer (Local0, STR)
        Return (STR)
    }
}
