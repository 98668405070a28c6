// expect: Error Uninitialized
// A local has no value before something is stored to it, and reading it is an error (ACPI 6.5, 5.5.2.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Method (TAKE, 1) { Return (1) }
    Method (MAIN) { Return (TAKE (Local3)) }
}
