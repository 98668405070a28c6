// expect: Buffer [01 41 03]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORESTR", 1)
{
    Name (B000, Buffer () { 1, 2, 3 })
    Method (MAIN) {
      B000 [1] = "A"
      Return (B000)
    }
}
