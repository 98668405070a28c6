// expect: String "=0x01 0x02 0x03 0x04 0x05 0x06 0x07 0x08 0x09"
// A field unit of more than 64 bits is a buffer, and becomes the text of its bytes (ACPI 6.5, 19.3.5, Buffer to
// String).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTW", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 72
    }

    Method (MAIN, 0)
    {
        FLD0 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 }
        Return (Concatenate ("=", FLD0))
    }
}
