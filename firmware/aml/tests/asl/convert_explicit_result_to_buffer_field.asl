// expect: Buffer [00 0A 00]
// A field keeps its type whatever is stored: the result of ToInteger fills it (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (BUF, Buffer () { 0, 0, 0 })
    CreateByteField (BUF, 1, FLD)

    Method (MAIN, 0)
    {
        Local0 = "10"
        ToInteger (Local0, FLD)
        Return (BUF)
    }
}
