// expect: Integer 0x5
// A Connection may hold the descriptor itself (ACPI 6.5, 20.2.5.2, ConnectField with BufferData).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDCON", 1)
{
    OperationRegion (GPO0, GeneralPurposeIo, 0x00, 0x01)
    Field (GPO0, ByteAcc, NoLock, Preserve)
    {
        Connection (GpioIo (Exclusive, PullUp, , , , "\\_SB.GPI2") {7}),
        PIN7, 1
    }

    Method (MAIN, 0)
    {
        Return (ObjectType (PIN7))
    }
}
