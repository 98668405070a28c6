// expect: Buffer []
// A start behind the end gives an empty buffer (ACPI 6.5, 19.6, Mid).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MIDBUFFE", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 1, 2, 3, 4 }
        Return (Mid (Local0, 4, 1))
    }
}
