// expect: Buffer [01 02]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (B000, Buffer (2) { })
    Method (MAIN) {
      B000 = Buffer () { 1, 2, 3 }
      Return (B000)
    }
}
