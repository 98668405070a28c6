// expect: Package [Integer 0x34, Integer 0x12]
// A field that is stored to an element of a package is stored as its value (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREFIE", 1)
{
    Name (BUF0, Buffer () { 0x34, 0x12 })
    CreateByteField (BUF0, 0, FLD0)
    CreateByteField (BUF0, 1, FLD1)

    Method (MAIN, 0)
    {
        Local0 = Package (2) {}
        Local0[0] = FLD0
        Local0[1] = FLD1
        FLD0 = 0
        Return (Local0)
    }
}
