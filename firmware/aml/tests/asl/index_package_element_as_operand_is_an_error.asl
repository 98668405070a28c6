// expect: Error OperandType
// A reference of Index is no operand of arithmetic without DerefOf (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXPAC", 1)
{
    Name (PKG0, Package () { 1, 5, 3 })

    Method (MAIN, 0)
    {
        Local0 = PKG0[1]
        Return (Local0 + 1)
    }
}
