// expect: Package [String "x"]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOP", 1)
{
    Name (P000, Package () { 1, 2, 3 })
    Method (MAIN) {
      P000 = Package () { "x" }
      Return (P000)
    }
}
