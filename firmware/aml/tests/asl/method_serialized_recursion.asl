// expect: Integer 0x4
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODSE", 1)
{
    Method (M000, 1, Serialized, 2) {
      If (Arg0) { Return (M000 (Arg0 - 1) + 1) }
      Return (0)
    }
    Method (MAIN) { Return (M000 (4)) }
}
