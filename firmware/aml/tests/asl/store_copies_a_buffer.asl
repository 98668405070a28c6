// expect: Buffer [01 02]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORECOP", 1)
{
    Name (B000, Buffer () { 1, 2 })
    Method (MAIN) {
      Local0 = B000
      Local0 [0] = 0xFF
      Return (B000)
    }
}
