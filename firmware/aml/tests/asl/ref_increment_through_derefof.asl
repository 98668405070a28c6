// expect: Integer 0x8
// acpica differs: acpiexec stores into a temporary; ACPI 6.5 (19.6, Store; 20.2.2, SuperName) stores into what the SuperName leads to
// Increment works on what a reference refers to (ACPI 6.5, 20.2.5.4, DefIncrement).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFINCRE", 1)
{
    Name (NUM, 7)

    Method (MAIN, 0)
    {
        Local0 = RefOf (NUM)
        Increment (DerefOf (Local0))
        Return (NUM)
    }
}
