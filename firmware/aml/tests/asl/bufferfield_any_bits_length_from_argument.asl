// expect: Buffer [03]
// Offset and length of CreateField are expressions. The field is read as a buffer however short it is, as every
// operating system's interpreter does (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF, Buffer () { 0x00, 0x30 })
    Method (GET, 2, Serialized)
    {
        CreateField (BUF, Arg0, Arg1, FLD)
        Return (FLD)
    }

    Method (MAIN, 0)
    {
        Return (GET (12, 4))
    }
}
