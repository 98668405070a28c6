// expect: Integer 0x34
// A field can lie in a buffer that an argument holds (ACPI 6.5, 19.6, CreateByteField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Method (GET1, 1, Serialized)
    {
        CreateByteField (Arg0, 1, FLD)
        Return (FLD)
    }

    Method (MAIN, 0)
    {
        Return (GET1 (Buffer () { 0x12, 0x34 }))
    }
}
