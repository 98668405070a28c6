// expect: Integer 0x2
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPESEA", 1)
{
    Name (N000, 1)
    Device (DEV0) {
      Device (DEV1) {
        Method (M000) { Return (N000) }
      }
      Name (N000, 2)
    }
    Method (MAIN) { Return (\DEV0.DEV1.M000 ()) }
}
