// expect: Package [Integer 0x1, Buffer [02]]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODRE", 1)
{
    Method (M000) {
      Name (P000, Package () { 1, Buffer () { 2 } })
      Return (P000)
    }
    Method (MAIN) {
      Local0 = M000 ()
      Return (Local0)
    }
}
