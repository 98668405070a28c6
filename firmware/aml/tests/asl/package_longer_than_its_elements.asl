// expect: Integer 0x4
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEL", 1)
{
    Name (P000, Package (4) { 1, 2 })
    Method (MAIN) { Return (SizeOf (P000)) }
}
