// expect: Integer 0x8086
// A region in the PCI_Config space belongs to the device it is declared in (ACPI 6.5, 19.6, OperationRegion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDPCI", 1)
{
    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_BBN, 0)
            Device (DEV3)
            {
                Name (_ADR, 0x00030000)
                OperationRegion (CFG0, PCI_Config, 0x00, 0x40)
                Field (CFG0, WordAcc, NoLock, Preserve)
                {
                    VEN, 16,
                    DID, 16
                }
            }
        }
    }

    Method (MAIN, 0)
    {
        \_SB.PCI0.DEV3.VEN = 0x8086
        Return (\_SB.PCI0.DEV3.VEN)
    }
}
