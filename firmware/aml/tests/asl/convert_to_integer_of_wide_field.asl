// expect: Integer 0x908070605040302
// ToInteger of a wide buffer field takes its first eight bytes (ACPI 6.5, 19.6, ToInteger).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Name (BUF0, Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
    CreateField (BUF0, 8, 72, FLD0)

    Method (MAIN, 0)
    {
        Return (ToInteger (FLD0))
    }
}
