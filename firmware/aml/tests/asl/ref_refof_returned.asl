// expect: Reference \SUB.NUM
// acpica differs: acpiexec dereferences what it hands to its caller; ACPI 6.5 (19.6, RefOf) gives an ObjectReference
// The value of RefOf is a reference to the object (ACPI 6.5, 19.6, RefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFREFOF", 1)
{
    Scope (\)
    {
        Device (SUB)
        {
            Name (_ADR, 0)
            Name (NUM, 1)
        }
    }

    Method (MAIN, 0)
    {
        Return (RefOf (\SUB.NUM))
    }
}
