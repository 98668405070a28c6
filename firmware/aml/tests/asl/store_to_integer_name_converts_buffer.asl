// expect: Integer 0x201
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOI", 1)
{
    Name (N000, 0)
    Method (MAIN) {
      N000 = Buffer () { 1, 2 }
      Return (N000)
    }
}
