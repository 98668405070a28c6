// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONDREFO", 1)
{
    Method (M000) { Return (5) }
    Method (MAIN) { Return (CondRefOf (M000)) }
}
