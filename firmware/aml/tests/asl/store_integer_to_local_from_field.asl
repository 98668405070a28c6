// expect: Integer 0x4030201
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREINT", 1)
{
    Name (B000, Buffer (8) { 1, 2, 3, 4 })
    CreateDWordField (B000, 0, F000)
    Method (MAIN) {
      Local0 = F000
      F000 = 0
      Return (Local0)
    }
}
