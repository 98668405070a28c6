// expect: String "00000000000000AB"
// ToHexString of a buffer field takes its integer (ACPI 6.5, 19.6, ToHexString).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Name (BUF0, Buffer () { 0xAB, 0xCD })
    CreateByteField (BUF0, 0, FLD0)

    Method (MAIN, 0)
    {
        Return (ToHexString (FLD0))
    }
}
