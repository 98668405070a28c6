// expect: Buffer [01 02]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (B000, Buffer (4) { 1, 2, 3, 4 })
    CreateField (B000, 0, 16, F000)
    Method (MAIN) {
      Local0 = F000
      F000 = Buffer () { 9, 9 }
      Return (Local0)
    }
}
