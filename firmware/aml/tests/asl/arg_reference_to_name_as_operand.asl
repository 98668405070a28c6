// expect: Integer 0x7
// acpica differs: it refuses a reference as an operand; reading an argument that holds a reference reads its target (19.3.5.9)
// Reading an argument that holds a reference made by RefOf reads its target (ACPI 6.5, 19.3.5.9).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Method (PLUS, 1) { Return (Arg0 + 2) }
    Name (NUM, 5)
    Method (MAIN) { Return (PLUS (RefOf (NUM))) }
}
