// expect: Buffer [61 62 63 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (B000, Buffer (6) { 9, 9, 9, 9, 9, 9 })
    Method (MAIN) {
      B000 = "abc"
      Return (B000)
    }
}
