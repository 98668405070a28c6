// expect: Error DanglingReference
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDANGL", 1)
{
    Method (M000) {
      Local0 = 5
      Return (RefOf (Local0))
    }
    Method (MAIN) {
      Local1 = M000 ()
      Return (DerefOf (Local1))
    }
}
