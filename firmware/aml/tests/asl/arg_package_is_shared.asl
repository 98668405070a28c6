// expect: Package [Integer 0x5, Integer 0x2]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGPACKA", 1)
{
    Name (P000, Package () { 1, 2 })
    Method (M000, 1) { Arg0 [0] = 5 }
    Method (MAIN) {
      M000 (P000)
      Return (P000)
    }
}
