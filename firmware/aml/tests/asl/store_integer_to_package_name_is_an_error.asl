// expect: Error OperandType
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREINT", 1)
{
    Name (P000, Package () { 1, 2, 3 })
    Method (MAIN) {
      P000 = 1
      Return (P000)
    }
}
