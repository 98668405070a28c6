// expect: Error OperandType
// DerefOf takes references and strings (ACPI 6.5, 19.6, DerefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Name (PKG0, Package () { 1 })
    Method (LOOK, 1)
    {
        Return (DerefOf (Arg0))
    }

    Method (MAIN, 0)
    {
        Return (LOOK (PKG0))
    }
}
