// expect: Error OperandType
// A package cannot become what a conversion gives (ACPI 6.5, 19.3.5.6: no conversion to a package).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (PKG, Package () { 1 })

    Method (MAIN, 0)
    {
        Local0 = 16
        ToHexString (Local0, PKG)
        Return (PKG)
    }
}
