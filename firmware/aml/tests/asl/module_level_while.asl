// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MODULELE", 1)
{
    Name (N000, 0)
    While (N000 < 5) { N000++ }
    Method (MAIN) { Return (N000) }
}
