// expect: Integer 0x66
// acpica differs: acpiexec stores into a temporary; ACPI 6.5 (19.6, Store; 20.2.2, SuperName) stores into what the SuperName leads to
// A store through DerefOf converts to the type of a named object (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFSTORE", 1)
{
    Name (NUM, 1)

    Method (MAIN, 0)
    {
        Local0 = RefOf (NUM)
        DerefOf (Local0) = "66"
        Return (NUM)
    }
}
