// expect: Integer 0x100
// The count of a shift is converted to an integer (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTS", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "1"
        Local1 = Buffer () { 0x08 }
        Return (Local0 << Local1)
    }
}
