// expect: Integer 0xFFFFFFFFFFFFFFFF
// Decrement of zero gives the largest integer (ACPI 6.5, 19.6, Decrement).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHDEC", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Zero
        Local0--
        Return (Local0)
    }
}
