// expect: Integer 0x9
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPENAM", 1)
{
    Device (DEV0) { }
    Name (DEV0.N000, 9)
    Method (MAIN) { Return (\DEV0.N000) }
}
