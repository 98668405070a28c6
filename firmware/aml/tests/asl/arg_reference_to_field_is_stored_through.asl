// expect: Buffer [00 34 12 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGREFER", 1)
{
    Name (B000, Buffer (4) { })
    CreateWordField (B000, 1, F000)
    Method (M000, 1) { Arg0 = 0x1234 }
    Method (MAIN) {
      M000 (RefOf (F000))
      Return (B000)
    }
}
