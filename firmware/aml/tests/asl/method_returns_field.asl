// expect: Integer 0x34
// A field is returned by its value (ACPI 6.5, 19.6, Return).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Name (BUF0, Buffer () { 0x34 })
    CreateByteField (BUF0, 0, FLD0)
    Method (GETF, 0)
    {
        Return (FLD0)
    }

    Method (MAIN, 0)
    {
        Local0 = GETF ()
        FLD0 = 0
        Return (Local0)
    }
}
