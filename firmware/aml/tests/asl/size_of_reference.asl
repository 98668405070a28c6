// expect: Integer 0x3
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFRE", 1)
{
    Name (PKG0, Package () { 1, 2, 3 })
    Method (MAIN) {
      Local0 = RefOf (PKG0)
      Return (SizeOf (Local0))
    }
}
