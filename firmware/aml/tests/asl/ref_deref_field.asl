// expect: Integer 0x302
// acpica differs: acpiexec gives the field itself; ACPI 6.5 (19.6, DerefOf) gives the contents of the object referred to
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Name (B000, Buffer () { 1, 2, 3, 4 })
    CreateWordField (B000, 1, F000)
    Method (MAIN) { Return (DerefOf (RefOf (F000))) }
}
