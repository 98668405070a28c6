// expect: Integer 0x5B
// A region in the SystemCMOS space (ACPI 6.5, 19.6, OperationRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDSYS", 1)
{
    OperationRegion (REG0, SystemCMOS, 0x00, 0x40)
    Field (REG0, ByteAcc, NoLock, Preserve)
    {
        Offset (0x10),
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        FLD0 = 0x5B
        Return (FLD0)
    }
}
