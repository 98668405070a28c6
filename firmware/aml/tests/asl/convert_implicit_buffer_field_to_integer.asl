// expect: Integer 0x1203
// A buffer field of up to 64 bits is an integer as operand (ACPI 6.5, 19.3.5, Buffer Field to Integer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Name (BUF, Buffer () { 0x01, 0x02, 0x12 })
    CreateWordField (BUF, 1, FLD)

    Method (MAIN, 0)
    {
        Return (FLD + 1)
    }
}
