// expect: Error OperandType
// A reference that Index made is no value before DerefOf (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Method (PLUS, 1) { Return (Arg0 + 2) }
    Name (PKG1, Package () { 9, 7 })
    Method (MAIN) { Return (PLUS (Index (PKG1, 1))) }
}
