// expect: Package [Integer 0x5, String "x"]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEI", 1)
{
    Method (M000) {
      Name (N000, 5)
      Return (Package () { N000, "x" })
    }
    Method (MAIN) { Return (M000 ()) }
}
