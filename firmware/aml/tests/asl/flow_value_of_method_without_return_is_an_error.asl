// expect: Error Uninitialized
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWVALU", 1)
{
    Method (M000, 1) { If (Arg0) { Return (1) } }
    Method (MAIN) {
      Local0 = M000 (0)
      Return (Local0)
    }
}
