// expect: Integer 0xE
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODCR", 1)
{
    Method (M000) {
      Device (DEV0) { Name (N000, 7) }
      Return (DEV0.N000)
    }
    Method (MAIN) { Return (M000 () + M000 ()) }
}
