// expect: Package [Buffer [09 02]]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEE", 1)
{
    Name (B000, Buffer () { 1, 2 })
    Name (P000, Package () { B000 })
    Method (MAIN) {
      B000 [0] = 9
      Return (P000)
    }
}
