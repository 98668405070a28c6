// expect: Package [Integer 0x1, Integer 0x9]
// acpica differs: acpiexec stores into a temporary; ACPI 6.5 (19.6, Store; 20.2.2, SuperName) stores into what the SuperName leads to
// A store through the reference of Index changes the element (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFINDEX", 1)
{
    Name (PKG, Package () { 1, 2 })

    Method (MAIN, 0)
    {
        Local0 = Index (PKG, 1)
        DerefOf (Local0) = 9
        Return (PKG)
    }
}
