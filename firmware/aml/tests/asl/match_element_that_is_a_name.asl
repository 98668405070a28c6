// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHELE", 1)
{
    Name (N000, 5)
    Name (P000, Package () { 1, N000, 9 })
    Method (MAIN) { Return (Match (P000, MEQ, 5, MTR, 0, 0)) }
}
