// expect: Integer 0x807060504030201
// Only the first eight bytes count (ACPI 6.5, 19.3.5, Buffer to Integer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }
        Return (Local0 + 0)
    }
}
