// expect: Error Uninitialized
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGUNINI", 1)
{
    Method (M000, 1) { Return (Arg0) }
    Method (MAIN) {
      Local0 = M000 (Local1)
      Return (Local0)
    }
}
