// expect: Integer 0x9
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEREO", 1)
{
    Device (DEV0) { Name (N000, 2) }
    Scope (DEV0) { Name (N001, 3) }
    Scope (\_SB) { Name (N002, 4) }
    Method (MAIN) { Return (\DEV0.N000 + \DEV0.N001 + \_SB.N002) }
}
