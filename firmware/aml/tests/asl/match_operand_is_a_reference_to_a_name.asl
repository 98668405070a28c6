// expect: Integer 0x1
// acpica differs: it refuses a reference as an operand; reading an argument that holds a reference reads its target (19.3.5.9)
// Reading an argument that holds a reference made by RefOf reads its target (ACPI 6.5, 19.3.5.9).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (PKG0, Package () { 3, 5, 7 })
    Method (FIND, 1) { Return (Match (PKG0, MEQ, Arg0, MTR, 0, 0)) }
    Name (NUM, 5)
    Method (MAIN) { Return (FIND (RefOf (NUM))) }
}
