// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEABS", 1)
{
    Device (DEV0) {
      Name (N000, 2)
      Device (DEV1) { Name (N001, 3) }
    }
    Method (MAIN) { Return (\DEV0.N000 + \DEV0.DEV1.N001) }
}
