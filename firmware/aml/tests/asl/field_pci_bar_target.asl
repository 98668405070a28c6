// expect: Integer 0x5C
// A region in the PciBarTarget space of a PCI function (ACPI 6.5, 19.6, OperationRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDPCI", 1)
{
    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Device (DEV1)
            {
                Name (_ADR, 0x00010000)
                OperationRegion (BAR0, PciBarTarget, 0x10, 0x04)
                Field (BAR0, ByteAcc, NoLock, Preserve)
                {
                    FLD0, 8
                }
            }
        }
    }

    Method (MAIN, 0)
    {
        \_SB.PCI0.DEV1.FLD0 = 0x5C
        Return (\_SB.PCI0.DEV1.FLD0)
    }
}
