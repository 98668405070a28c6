// expect: Buffer [01 02]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGSTORE", 1)
{
    Name (B000, Buffer () { 1, 2 })
    Method (M000, 1) {
      Arg0 = Buffer () { 7 }
      Return (Arg0)
    }
    Method (MAIN) {
      M000 (B000)
      Return (B000)
    }
}
