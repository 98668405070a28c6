// expect: Integer 0x2
// acpica differs: acpiexec gives its own version; ACPI 6.5 (19.6, Revision) asks for the revision of the interpreter, ours is that of _REV
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PREDEFIN", 1)
{
    Method (MAIN)
    {
        Return (Revision)
    }
}
