// expect: Error Protocol
// acpica differs: it takes BufferAcc in memory for byte accesses; memory has no protocol that a buffer could follow (5.5.2.4.5)
// BufferAcc is for buses (ACPI 6.5, 19.6, Field).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 0x10)
    Field (REG0, BufferAcc, NoLock, Preserve) { FLD0, 8 }
    Method (MAIN) { Return (FLD0) }
}
