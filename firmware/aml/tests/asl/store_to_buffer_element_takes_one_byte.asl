// expect: Buffer [01 34 03]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (B000, Buffer () { 1, 2, 3 })
    Method (MAIN) {
      B000 [1] = 0x1234
      Return (B000)
    }
}
