// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEPAR", 1)
{
    Name (N000, 1)
    Device (DEV0) {
      Name (N000, 2)
      Method (M000) { Return (^^N000) }
    }
    Method (MAIN) { Return (\DEV0.M000 ()) }
}
