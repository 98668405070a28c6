// expect: Package [Integer 0x1, Integer 0x2]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXTAR", 1)
{
    Name (P000, Package () { 1, 2 })
    Method (MAIN) {
      Local0 = P000 [1]
      Local0 = 7
      Return (P000)
    }
}
