// expect: Error AlreadyExists(N000)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEDUP", 1)
{
    Method (M000) {
      Name (N000, 1)
      Return (N000)
    }
    Method (MAIN) {
      Name (\N000, 1)
      Name (\M000.N000, 1)
      Return (M000 ())
    }
}
