// expect: Integer 0x0
// CondRefOf is false, and no error, if a whole path is missing (ACPI 6.5, 19.6, CondRefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFCONDR", 1)
{
    External (\_SB.PCI9.DEV0.NONE)

    Method (MAIN, 0)
    {
        Return (CondRefOf (\_SB.PCI9.DEV0.NONE))
    }
}
