// expect: Error OperandType
// A reference that Index made is no value before DerefOf (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (PKG0, Package () { 3, 5, 7 })
    Method (FIND, 1) { Return (Match (PKG0, MEQ, Arg0, MTR, 0, 0)) }
    Name (PKG1, Package () { 9, 7 })
    Method (MAIN) { Return (FIND (Index (PKG1, 1))) }
}
