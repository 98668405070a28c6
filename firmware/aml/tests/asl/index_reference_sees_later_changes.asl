// expect: Integer 0x9
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXREF", 1)
{
    Name (P000, Package () { 1, 2 })
    Method (MAIN) {
      Local0 = P000 [0]
      P000 [0] = 9
      Return (DerefOf (Local0))
    }
}
