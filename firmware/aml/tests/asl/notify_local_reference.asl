// expect: Integer 0x1
// acpica differs: acpiexec takes only the name itself; ACPI 6.5 (19.6, Notify) takes any object reference
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NOTIFYLO", 1)
{
    Device (DEV0) { }
    Method (MAIN) {
      Local0 = RefOf (DEV0)
      Notify (Local0, 0x81)
      Return (1)
    }
}
