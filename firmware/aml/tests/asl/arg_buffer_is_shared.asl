// expect: Buffer [05 02]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGBUFFE", 1)
{
    Name (B000, Buffer () { 1, 2 })
    Method (M000, 1) { Arg0 [0] = 5 }
    Method (MAIN) {
      M000 (B000)
      Return (B000)
    }
}
