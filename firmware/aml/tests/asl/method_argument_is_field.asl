// expect: Package [Integer 0x34, Integer 0x34]
// A field is passed by its value (ACPI 6.5, 19.6, Argx).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODAR", 1)
{
    Name (BUF0, Buffer () { 0x34 })
    CreateByteField (BUF0, 0, FLD0)
    Method (KEEP, 1)
    {
        FLD0 = 0
        Return (Arg0)
    }

    Method (MAIN, 0)
    {
        Local0 = Package (2) {}
        Local0[0] = FLD0
        Local0[1] = KEEP (FLD0)
        Return (Local0)
    }
}
