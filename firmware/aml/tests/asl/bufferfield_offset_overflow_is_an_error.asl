// expect: Error FieldBounds
// acpica differs: acpiexec ends with a fault: offset + length overflows 32 bits; ACPI 6.5 (19.6, CreateField) lets a field lie in its buffer only
// An offset whose sum with the width overflows lies outside (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) {})
    Method (MAKE, 1, Serialized)
    {
        CreateField (BUF0, Arg0, 8, FLD0)
        Return (FLD0)
    }

    Method (MAIN, 0)
    {
        Return (MAKE (0xFFFFFFF8))
    }
}
