// expect: Integer 0x1F
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOI", 1)
{
    Name (N000, 0)
    Method (MAIN) {
      N000 = "1F"
      Return (N000)
    }
}
