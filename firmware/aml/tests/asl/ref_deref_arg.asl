// expect: Integer 0x2A
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Method (M000, 1) { Return (DerefOf (Arg0) + 1) }
    Method (MAIN) {
      Local0 = 41
      Return (M000 (RefOf (Local0)))
    }
}
