// expect: Error Fatal { kind: 1, code: 2, arg: 3 }
// acpica differs: acpiexec goes on; ACPI 6.5 (19.6, Fatal) lets nothing follow a Fatal
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCFATA", 1)
{
    Method (MAIN)
    {
        Fatal (1, 2, 3)
        Return (1)
    }
}
