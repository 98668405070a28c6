// expect: Integer 0x5A
// A region in the EmbeddedControl space (ACPI 6.5, 19.6, OperationRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDEMB", 1)
{
    OperationRegion (REG0, EmbeddedControl, 0x00, 0xFF)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        Offset (0x10),
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x5A
        Return (FLD0)
    }
}
