// expect: Buffer [01 AA]
// A store of a buffer to an element of a buffer takes its first byte (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREBUF", 1)
{
    Name (BUF, Buffer () { 1, 2 })

    Method (MAIN, 0)
    {
        BUF[1] = Buffer () { 0xAA, 0xBB }
        Return (BUF)
    }
}
