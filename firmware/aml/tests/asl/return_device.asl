// expect: Reference \DEV0
// acpica differs: acpiexec cannot hand a reference to its caller; ACPI 6.5 (19.6, Return) returns any object
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "RETURNDE", 1)
{
    Device (DEV0) { }
    Method (MAIN) { Return (DEV0) }
}
