// expect: Integer 0xEEEEEE
// All six operators make buffer fields (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFEV", 1)
{
    Name (BUF0, Buffer (16) {})
    CreateBitField (BUF0, 0, FBIT)
    CreateByteField (BUF0, 0, FBYT)
    CreateWordField (BUF0, 0, FWRD)
    CreateDWordField (BUF0, 0, FDWD)
    CreateQWordField (BUF0, 0, FQWD)
    CreateField (BUF0, 0, 5, FANY)

    Method (MAIN, 0)
    {
        Local0 = ObjectType (FBIT) | (ObjectType (FBYT) << 4) | (ObjectType (FWRD) << 8)
        Local0 |= (ObjectType (FDWD) << 12) | (ObjectType (FQWD) << 16) | (ObjectType (FANY) << 20)
        Return (Local0)
    }
}
