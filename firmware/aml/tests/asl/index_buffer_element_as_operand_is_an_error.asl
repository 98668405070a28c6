// expect: Error OperandType
// An element of a buffer is no value without DerefOf (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXBUF", 1)
{
    Name (BUF0, Buffer () { 1, 5, 3 })

    Method (MAIN, 0)
    {
        Local0 = BUF0[1]
        Return (Local0 + 1)
    }
}
