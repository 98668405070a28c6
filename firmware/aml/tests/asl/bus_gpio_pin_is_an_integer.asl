// expect: Package [Integer 0x1, Integer 0x0]
// Pins are read as an integer (ACPI 6.5, 5.5.2.4.4).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (GPI0)
    {
        Name (_HID, "TEST0002")
        OperationRegion (GPO0, GeneralPurposeIo, 0, 1)
        Field (GPO0, ByteAcc, NoLock, Preserve)
        {
            Connection (GpioIo (Exclusive, PullDefault, 0, 0, IoRestrictionNone, "\\GPI0") { 7, 8 }),
            PIN0, 1,
            PIN1, 1
        }
    }
    Method (MAIN) {
        Local0 = Package (2) { }
        Local0 [0] = ObjectType (\GPI0.PIN1)
        Local0 [0] = 1
        Local0 [1] = \GPI0.PIN1
        Return (Local0)
    }
}
