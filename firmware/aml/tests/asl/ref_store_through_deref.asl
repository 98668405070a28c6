// expect: Integer 0x9
// acpica differs: acpiexec stores into a temporary; ACPI 6.5 (19.6, Store) stores into what the SuperName leads to
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFSTORE", 1)
{
    Name (N000, 1)
    Method (MAIN) {
      Local0 = RefOf (N000)
      DerefOf (Local0) = 9
      Return (N000)
    }
}
