// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOU", 1)
{
    Name (P000, Package (3) { })
    Method (MAIN) {
      Local1 = 5
      P000 [1] = Local1
      Return (DerefOf (P000 [1]))
    }
}
