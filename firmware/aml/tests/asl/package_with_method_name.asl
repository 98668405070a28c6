// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEW", 1)
{
    Method (M000) { Return (1) }
    Name (P000, Package () { M000 })
    Method (MAIN) { Return (SizeOf (P000)) }
}
