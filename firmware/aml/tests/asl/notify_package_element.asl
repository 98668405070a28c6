// expect: Integer 0x1
// acpica differs: acpiexec takes only the name itself; ACPI 6.5 (19.6, Notify) takes any object reference
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NOTIFYPA", 1)
{
    Device (DEV0) { }
    Name (P000, Package () { DEV0 })
    Method (MAIN) {
      Notify (DerefOf (P000 [0]), 0x81)
      Return (1)
    }
}
