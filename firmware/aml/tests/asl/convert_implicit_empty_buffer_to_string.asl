// expect: String "="
// An empty buffer becomes an empty string (ACPI 6.5, 19.3.5, Buffer to String).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "="
        Local1 = Buffer (0) {}
        Return (Concatenate (Local0, Local1))
    }
}
