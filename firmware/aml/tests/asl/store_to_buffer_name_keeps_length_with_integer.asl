// expect: Buffer [55 44 33 22]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOB", 1)
{
    Name (B000, Buffer (4) { })
    Method (MAIN) {
      B000 = 0x1122334455
      Return (B000)
    }
}
