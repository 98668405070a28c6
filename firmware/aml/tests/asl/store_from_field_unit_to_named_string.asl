// expect: String "00000000000000AB"
// A field unit of up to 64 bits is stored as an integer (ACPI 6.5, 19.3.5, Field Unit to String).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREFRO", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 8
    }
    Name (STR, "")

    Method (MAIN, 0)
    {
        FLD0 = 0xAB
        STR = FLD0
        Return (STR)
    }
}
