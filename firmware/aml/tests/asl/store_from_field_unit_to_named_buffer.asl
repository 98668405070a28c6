// expect: Buffer [AB CD]
// A field unit that is stored to a named buffer keeps the buffer's length (ACPI 6.5, 19.3.5, Field Unit to Buffer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREFRO", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, WordAcc, NoLock, Preserve)
    {
        FLD0, 16
    }
    Name (BUF, Buffer () { 0, 0 })

    Method (MAIN, 0)
    {
        FLD0 = 0xCDAB
        BUF = FLD0
        Return (BUF)
    }
}
