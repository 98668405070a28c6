// expect: Package [Integer 0x5]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEO", 1)
{
    Name (N000, 5)
    Name (P000, Package () { N000 })
    Method (MAIN) {
      Local0 = P000
      N000 = 6
      Return (Local0)
    }
}
