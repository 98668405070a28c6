// expect: String "f0000000000000042"
// A buffer field that is read as an integer is written as one (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Name (BUF, Buffer () { 0x41, 0x42 })
    CreateByteField (BUF, 1, FLD)

    Method (MAIN, 0)
    {
        Return (Concatenate ("f", FLD))
    }
}
