// expect: Integer 0x1
// acpica differs: acpiexec takes only the name itself; ACPI 6.5 (19.6, Notify) takes any object reference
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NOTIFYAR", 1)
{
    Device (DEV0) { }
    Method (M000, 1) { Notify (Arg0, 0x82) }
    Method (MAIN) {
      M000 (DEV0)
      Return (1)
    }
}
