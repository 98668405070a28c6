// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Name (N000, 1)
    Alias (N000, N001)
    Method (MAIN) {
      N001 = 5
      Return (N000)
    }
}
