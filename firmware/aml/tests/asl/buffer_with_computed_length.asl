// expect: Buffer [07 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERWI", 1)
{
    Method (M000, 1) {
      Local0 = Buffer (Arg0) { 7 }
      Return (Local0)
    }
    Method (MAIN) { Return (M000 (3)) }
}
