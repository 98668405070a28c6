// expect: Buffer [41 42 00 00]
// A buffer converted into a named buffer is stored as by Store: the target keeps its length, as in ACPICA (ACPI
// 6.5, 19.3.5.5, speaks of overwriting).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (BUF, Buffer () { 1, 2, 3, 4 })

    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0x41, 0x42 }
        ToBuffer (Local0, BUF)
        Return (BUF)
    }
}
