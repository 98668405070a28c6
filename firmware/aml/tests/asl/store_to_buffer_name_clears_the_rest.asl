// expect: Buffer [01 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (B000, Buffer () { 9, 9, 9 })
    Method (MAIN) {
      B000 = Buffer () { 1 }
      Return (B000)
    }
}
