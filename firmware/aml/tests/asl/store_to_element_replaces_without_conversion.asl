// expect: Package [Integer 0x1, String "two"]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOE", 1)
{
    Name (P000, Package () { 1, 2 })
    Method (MAIN) {
      P000 [1] = "two"
      Return (P000)
    }
}
