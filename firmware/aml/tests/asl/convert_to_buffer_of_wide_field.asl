// expect: Buffer [02 03 04 05 06 07 08 09 0A]
// ToBuffer of a wide buffer field takes its bytes (ACPI 6.5, 19.6, ToBuffer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Name (BUF0, Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
    CreateField (BUF0, 8, 72, FLD0)

    Method (MAIN, 0)
    {
        Return (ToBuffer (FLD0))
    }
}
