// expect: Buffer [EE 78 56 00 00 00 00 00 00]
// A field unit of up to 64 bits is an integer, and as such eight bytes (ACPI 6.5, 19.3.5, Field Unit to Buffer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        FLD0, 16
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x5678
        Local0 = Buffer () { 0xEE }
        Return (Concatenate (Local0, FLD0))
    }
}
