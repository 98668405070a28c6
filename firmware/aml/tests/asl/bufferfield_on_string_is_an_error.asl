// expect: Error OperandType
// A field lies in a buffer, not in a string (ACPI 6.5, 19.6, CreateByteField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Method (MAKE, 1, Serialized)
    {
        CreateByteField (Arg0, 0, FLD0)
        Return (FLD0)
    }

    Method (MAIN, 0)
    {
        Return (MAKE (Package () { 1 }))
    }
}
