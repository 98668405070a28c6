// expect: Integer 0x3
// Scope opens thermal zones and power resources, too (ACPI 6.5, 19.6, Scope).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPESCO", 1)
{
    Scope (\_SB)
    {
        ThermalZone (TZ00) {}
        PowerResource (PWR0, 0, 0) {}
    }
    Scope (\_SB.TZ00)
    {
        Name (NUM, 1)
    }
    Scope (\_SB.PWR0)
    {
        Name (NUM, 2)
    }

    Method (MAIN, 0)
    {
        Return (\_SB.TZ00.NUM + \_SB.PWR0.NUM)
    }
}
