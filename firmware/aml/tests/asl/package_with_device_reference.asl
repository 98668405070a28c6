// expect: Package [Reference \DEV0, Integer 0x1]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEW", 1)
{
    Device (DEV0) { Name (_ADR, 0) }
    Name (P000, Package () { DEV0, 1 })
    Method (MAIN) { Return (P000) }
}
