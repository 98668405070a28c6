// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Method (M000, 1) { Return (Arg0 + 1) }
    Alias (M000, M001)
    Method (MAIN) { Return (M001 (4)) }
}
