// expect: Error OperandValue
// A field must have a bit at least (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) {})
    Method (MAKE, 1, Serialized)
    {
        CreateField (BUF0, 0, Arg0, FLD0)
        Return (FLD0)
    }

    Method (MAIN, 0)
    {
        Return (MAKE (0))
    }
}
