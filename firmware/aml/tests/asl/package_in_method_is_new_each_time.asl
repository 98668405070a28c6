// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEI", 1)
{
    Method (M000) {
      Local0 = Package () { 1, 2 }
      Local1 = DerefOf (Local0 [0])
      Local0 [0] = 9
      Return (Local1)
    }
    Method (MAIN) {
      M000 ()
      Return (M000 ())
    }
}
