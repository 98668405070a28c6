// expect: Package [Integer 0x1, Package [Integer 0x2]]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORECOP", 1)
{
    Name (P000, Package () { 1, Package () { 2 } })
    Method (MAIN) {
      Local0 = P000
      Local1 = DerefOf (Local0 [1])
      DerefOf (Local0 [1]) [0] = 0xFF
      Return (P000)
    }
}
