// expect: String "notified"
// Devices, processors and thermal zones can be notified (ACPI 6.5, 19.6, Notify).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NOTIFYTA", 1)
{
    Scope (\_SB)
    {
        Device (DEV0)
        {
            Name (_ADR, 0)
        }
        Processor (CPU0, 0x00, 0x00000000, 0x00) {}
        ThermalZone (TZ00) {}
    }

    Method (MAIN, 0)
    {
        Notify (\_SB.DEV0, 1)
        Notify (\_SB.CPU0, 0x81)
        Notify (\_SB.TZ00, 0x80)
        Return ("notified")
    }
}
