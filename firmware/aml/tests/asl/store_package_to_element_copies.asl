// expect: Package [Package [Integer 0x3], Integer 0x2]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREPAC", 1)
{
    Name (P000, Package () { 1, 2 })
    Name (P001, Package () { 3 })
    Method (MAIN) {
      P000 [0] = P001
      P001 [0] = 4
      Return (P000)
    }
}
