// expect: Integer 0x5
// A Connection in a field list makes no field of its own (ACPI 6.5, 19.6, Connection; 20.2.5.2, ConnectField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDCON", 1)
{
    OperationRegion (GPO0, GeneralPurposeIo, 0x00, 0x01)
    Name (RES0, ResourceTemplate ()
    {
        GpioIo (Exclusive, PullUp, , , , "\\_SB.GPI2") {7}
    })
    Field (GPO0, ByteAcc, NoLock, Preserve)
    {
        Connection (RES0),
        PIN7, 1
    }

    Method (MAIN, 0)
    {
        Return (ObjectType (PIN7))
    }
}
