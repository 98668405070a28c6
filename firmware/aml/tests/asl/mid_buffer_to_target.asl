// expect: Buffer [03 04]
// acpica differs: acpiexec ends with a fault: start + length overflows; ACPI 6.5 (19.6, Mid) limits the result to the source
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MIDBUFFE", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1, 2, 3, 4 }
        Mid (Local0, 2, Ones, Local1)
        Return (Local1)
    }
}
