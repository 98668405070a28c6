// expect: Buffer [00 01 A0]
// The buffer that one field gave goes out through another one, cut to its protocol (ACPI 6.5, 5.5.2.4.5.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (BUS0) { Name (_HID, "TEST0001") }
    Name (RES0, ResourceTemplate () {
        I2cSerialBusV2 (0x50, ControllerInitiated, 400000, AddressingMode7Bit, "\\BUS0")
    })
    OperationRegion (GSBD, GenericSerialBus, 0, 0x100)
    Field (GSBD, BufferAcc, NoLock, Preserve)
    {
        Connection (RES0),
        AccessAs (BufferAcc, AttribByte),
        FLDB, 8,
        AccessAs (BufferAcc, AttribWord),
        FLDW, 8,
        Connection (I2cSerialBusV2 (0x51, ControllerInitiated, 400000, AddressingMode7Bit, "\\BUS0")),
        AccessAs (BufferAcc, AttribBlock),
        FLDK, 8,
        AccessAs (BufferAcc, AttribBytes (5)),
        FLDN, 8,
        AccessAs (BufferAcc, AttribRawBytes (4)),
        FLDR, 8,
        AccessAs (BufferAcc, AttribRawProcessBytes (4)),
        FLDX, 8
    }
    Method (MAIN) {
        Return (FLDB = FLDW)
    }
}
