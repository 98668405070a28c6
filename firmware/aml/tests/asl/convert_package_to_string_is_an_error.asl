// expect: Error OperandType
// ToHexString takes no package (ACPI 6.5, 19.6, ToHexString).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTP", 1)
{
    Name (PKG0, Package () { 1 })
    Method (CONV, 1)
    {
        Return (ToHexString (Arg0))
    }

    Method (MAIN, 0)
    {
        Return (CONV (PKG0))
    }
}
